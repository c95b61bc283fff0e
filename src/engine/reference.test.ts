/** Operations and Adam against PyTorch's numbers (tests/reference/engine/reference.py) and against finite differences. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '.';
import type { BackendName } from '.';

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}

interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly probe: Numbers;
  readonly value: number[];
  readonly gradients: Readonly<Record<string, number[]>>;
}

interface AdamCase {
  readonly vocabulary: number;
  readonly dim: number;
  readonly batch: number;
  readonly fields: number;
  readonly l2: number;
  readonly centre: number;
  readonly learningRate: number;
  readonly start: Readonly<Record<'table' | 'matrix' | 'bias', number[]>>;
  readonly steps: readonly ({
    readonly ids: number[];
    readonly label: number[];
    readonly loss: number;
  } & Readonly<Record<'table' | 'matrix' | 'bias', number[]>>)[];
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../tests/reference/engine/fixtures.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly adam: AdamCase };

type Named = Readonly<Record<string, tf.Tensor>>;
type Operation = (given: Named) => tf.Tensor;

const as2 = (x: tf.Tensor | undefined): tf.Tensor2D => x as tf.Tensor2D;
const as3 = (x: tf.Tensor | undefined): tf.Tensor3D => x as tf.Tensor3D;

function batchNorm(rowAxis: 0 | 1): Operation {
  return ({ x, weight, gamma, beta }) => {
    const { mean, variance } = engine.batchMoments(x!, as2(weight), rowAxis);
    return engine.normalise(x!, mean, variance, gamma!, beta!);
  };
}

/** The fused form of the same. */
function fusedNorm(rowAxis: 0 | 1): Operation {
  return ({ x, weight, gamma, beta }) => engine.batchNorm(x!, as2(weight), gamma!, beta!, rowAxis).output;
}

const operations: Readonly<Record<string, Operation>> = {
  matMul: ({ a, b }) => engine.matMul(as2(a), as2(b)),
  batchMatMul: ({ a, b }) => engine.batchMatMul(as3(a), as3(b)),
  'batchMatMul.many': ({ a, b }) => engine.batchMatMul(as3(a), as3(b)),
  dense: ({ x, weight, bias }) => engine.dense(as2(x), as2(weight), bias as tf.Tensor1D),
  multiDense: ({ x, weight, bias }) => engine.multiDense(as2(x), as3(weight), as2(bias)),
  multiDenseStacked: ({ x, weight, bias }) => engine.multiDenseStacked(as2(x), as3(weight), as2(bias)),
  stackedDense: ({ x, weight, bias }) => engine.stackedDense(as3(x), as3(weight), as2(bias)),
  mixExperts: ({ h, weights }) => engine.mixExperts(as3(h), as2(weights)),
  mixExpertsStacked: ({ h, weights }) => engine.mixExpertsStacked(as3(h), as2(weights)),
  relu: ({ x }) => engine.leakyRelu(x!, 0),
  leakyRelu: ({ x }) => engine.leakyRelu(x!, 0.2),
  maskedLeakyRelu: ({ x, mask }) => engine.maskedLeakyRelu(x!, 0.2, mask!),
  routedDense: ({ x, weight, bias, route }) => engine.routedDense(as2(x), as3(weight), as2(bias), as2(route)),
  'routedDense.shares': ({ x, weight, bias, route }) =>
    engine.routedDense(as2(x), as3(weight), as2(bias), as2(route)),
  sigmoid: ({ x }) => engine.sigmoid(x!),
  tanh: ({ x }) => engine.tanh(x!),
  softplus: ({ x }) => engine.softplus(x!),
  softmaxLast: ({ x }) => engine.softmaxLast(x!),
  logSoftmaxLast: ({ x }) => engine.logSoftmaxLast(x!),
  maskedSoftmax: ({ x, mask }) => engine.maskedSoftmax(x!, mask!),
  'batchNorm.rows': batchNorm(0),
  'batchNorm.rowsOfStacks': batchNorm(0),
  'batchNorm.stacks': batchNorm(1),
  'fusedNorm.rows': fusedNorm(0),
  'fusedNorm.rowsOfStacks': fusedNorm(0),
  'fusedNorm.stacks': fusedNorm(1),
  domainMoments: ({ x, oneHot, weight }) => {
    const { mean, variance } = engine.domainMoments(as2(x), as2(oneHot), as2(weight));
    return tf.concat([mean, variance], 1);
  },
  weightedMean: ({ q, weight }) => engine.weightedMean(as2(q), as2(weight)),
  bceWithLogits: ({ logit, label, weight }) => engine.bceWithLogits(as2(logit), as2(label), as2(weight)),
  bceWithProbability: ({ probability, label, weight }) =>
    engine.bceWithProbability(as2(probability), as2(label), as2(weight)),
  routedAffine: ({ x, scale, shift, route }) =>
    engine.routedAffine(as2(x), as2(scale), as2(shift), as2(route)),
  expertLogits: ({ x, weight, bias }) => engine.expertLogits(as3(x), weight!, bias!, null),
  'expertLogits.routed': ({ x, weight, bias, route }) =>
    engine.expertLogits(as3(x), weight!, bias!, as2(route)),
  'expertLogits.shares': ({ x, weight, bias, route }) =>
    engine.expertLogits(as3(x), weight!, bias!, as2(route)),
  concatWithProduct: ({ x, y }) => engine.concatWithProduct(as3(x), as2(y)),
  split: ({ x }) => {
    const [first, , last] = engine.split(x!, [2, 1, 3], 1);
    return tf.concat([tf.mul(first!, 2), last!], 1);
  },
  logOdds: ({ p }) => engine.logOdds(p!),
  crossEntropy: ({ logits, oneHot, weight }) => engine.crossEntropy(as2(logits), as2(oneHot), as2(weight)),
};

/** Cases of the file, and those that have a second form under its name. */
const cases = fixtures.cases.flatMap((each) =>
  each.name.startsWith('batchNorm.')
    ? [each, { ...each, name: each.name.replace('batchNorm', 'fusedNorm') }]
    : [each],
);

const tensor = ({ shape, values }: Numbers): tf.Tensor => tf.tensor(values, shape, 'float32');

function expectClose(
  found: ArrayLike<number>,
  expected: readonly number[],
  what: string,
  tolerance = 3e-6,
): void {
  expect(found.length, what).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value) / scale, `${what}[${i}]`).toBeLessThan(tolerance);
  });
}

/** Value and gradients of sum(value * probe). */
function evaluate({ name, inputs, probe, gradients }: Case): {
  value: Float32Array;
  gradients: Record<string, Float32Array>;
} {
  return tf.tidy(() => {
    const given = Object.fromEntries(Object.entries(inputs).map(([key, numbers]) => [key, tensor(numbers)]));
    const names = Object.keys(gradients);
    const value = operations[name]!(given);
    const { grads } = tf.engine().gradients(
      () => tf.sum(tf.mul(operations[name]!(given), tensor(probe))),
      names.map((key) => given[key]!),
    );
    return {
      value: value.dataSync<'float32'>().slice(),
      gradients: Object.fromEntries(names.map((key, i) => [key, grads[i]!.dataSync<'float32'>().slice()])),
    };
  });
}

describe.each<BackendName>(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    expect((await engine.openBackend(backend)).name).toBe(backend);
  });

  it.each(cases.map((each) => [each.name, each] as const))(
    '%s has the value and the gradients of its PyTorch twin',
    (_name, each) => {
      const found = evaluate(each);
      expectClose(found.value, each.value, 'value');
      for (const [key, expected] of Object.entries(each.gradients)) {
        expectClose(found.gradients[key]!, expected, `gradient of ${key}`);
      }
    },
  );

  it.each(cases.map((each) => [each.name, each] as const))(
    '%s has the gradients that finite differences give',
    (name, each) => {
      const { gradients } = evaluate(each);
      const h = 1e-2;
      const read = (inputs: Readonly<Record<string, Numbers>>): number =>
        tf.tidy(() => {
          const given = Object.fromEntries(
            Object.entries(inputs).map(([key, numbers]) => [key, tensor(numbers)]),
          );
          const out = operations[name]!(given).dataSync<'float32'>();
          // Added up in double precision: float32 sums would drown the difference.
          return out.reduce((sum, value, i) => sum + value * each.probe.values[i]!, 0);
        });
      for (const [key, gradient] of Object.entries(gradients)) {
        const scale = Math.max(0.05, ...gradient.map(Math.abs));
        const stride = Math.max(1, Math.floor(gradient.length / 12));
        for (let i = 0; i < gradient.length; i += stride) {
          const moved = (step: number): number => {
            const values = each.inputs[key]!.values.slice();
            values[i]! += step;
            return read({ ...each.inputs, [key]: { ...each.inputs[key]!, values } });
          };
          const crosses = /relu/i.test(name) && Math.abs(each.inputs[key]!.values[i]!) < h;
          if (crosses) continue;
          const difference = (moved(h) - moved(-h)) / (2 * h);
          // 2e-2: the third derivative times h², and float32's rounding over 2h.
          expect(Math.abs(difference - gradient[i]!) / scale, `${key}[${i}]`).toBeLessThan(2e-2);
        }
      }
    },
  );

  it('Adam with L2 and a table follows torch.optim.Adam for three steps', async () => {
    const { vocabulary, dim, batch, fields, l2, centre, learningRate, start, steps } = fixtures.adam;
    const variables = engine.createVariables(1);
    const matrix = variables.parameter(
      'matrix',
      'weight',
      [fields * dim, 1],
      Float32Array.from(start.matrix),
      centre,
    );
    const bias = variables.parameter('bias', 'bias', [1], Float32Array.from(start.bias));
    const table = engine.createTable(vocabulary, dim, 1);
    engine.assignParameter(table, Float32Array.from(start.table));
    const optimiser = engine.createAdam({ parameters: variables.parameters, table });
    for (const [at, step] of steps.entries()) {
      const losses = engine.createLossAccumulator();
      engine.runStep({
        table,
        parameters: variables.parameters,
        optimiser,
        ids: Int32Array.from(step.ids),
        batch,
        learningRate,
        l2,
        mode: engine.createMode('train', 1, at),
        losses,
        build: (rows) => {
          const x = tf.reshape<tf.Rank.R2>(rows, [batch, fields * dim]);
          const logit = engine.dense(x, as2(matrix.tensor), bias.tensor as tf.Tensor1D);
          const label = tf.tensor2d(step.label, [batch, 1]);
          return { total: engine.bceWithLogits(logit, label, tf.ones([batch, 1])), terms: {} };
        },
      });
      expect((await losses.read()).total).toBeCloseTo(step.loss, 5);
      expectClose(await engine.readTensor(table), step.table, `table after step ${at + 1}`, 2e-6);
      expectClose(await engine.readTensor(matrix), step.matrix, `matrix after step ${at + 1}`, 2e-6);
      expectClose(await engine.readTensor(bias), step.bias, `bias after step ${at + 1}`, 2e-6);
    }
  });

  it('no gradient passes a stop', () => {
    const gradient = tf.tidy(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(x, engine.stopGradient(x))), [x]);
      return [...grads[0]!.dataSync()];
    });
    expect(gradient).toEqual([1, 2, 3]);
  });
});
