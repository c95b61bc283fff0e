import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import { createMode, createVariables, openBackend, mixExpertsStacked } from '../../engine';
import type { Mode } from '../../engine';
import type { Inputs } from '../definition';
import { normals, tinyShape } from '../../../tests/support/tinyData';
import {
  createBatchNorm,
  createExtractionLevel,
  createMlp,
  createScenarioGate,
  createSharedGate,
  createStackedMlp,
  createTowerBank,
  fieldIndices,
  logit,
  meanOverSequence,
  pickFlat,
  priorBiases,
} from '.';

const ROWS = 18;
const SCENARIOS = 3;

beforeAll(async () => {
  await openBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function random(shape: number[], seed: number): tf.Tensor {
  const next = normals(seed);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), shape);
}
const matrix = (rows: number, columns: number, seed: number): tf.Tensor2D =>
  random([rows, columns], seed) as tf.Tensor2D;

function rowsOf(scenario: readonly number[]) {
  return {
    weight: tf.ones<tf.Rank.R2>([scenario.length, 1]),
    scenarioOneHot: tf.cast(
      tf.oneHot(tf.tensor1d([...scenario], 'int32'), SCENARIOS) as tf.Tensor2D,
      'float32',
    ),
  };
}
const scenario = Array.from({ length: ROWS }, (_, b) => b % SCENARIOS);
const train = (): Mode => ({ ...createMode('train', 1, 1), recordState: () => undefined });

function expectEqual(a: tf.Tensor, b: tf.Tensor, tolerance = 1e-5): void {
  expect(a.shape).toEqual(b.shape);
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(tolerance);
}

it('picks fields by role and by the partition, side by side in their order', () => {
  const shape = tinyShape();
  expect(fieldIndices(shape, { roles: ['item'] })).toEqual([2, 3]);
  expect(fieldIndices(shape, { scenarioSpecific: true })).toEqual([5, 6]);
  expect(fieldIndices(shape, { exceptRoles: ['scenario', 'user'] })).toEqual([2, 3, 4, 5]);
  const fields = random([4, 7, 3], 1) as tf.Tensor3D;
  const columns = [0, 2, 3, 6].map((i) => tf.reshape(tf.slice(fields, [0, i, 0], [4, 1, 3]), [4, 3]));
  expectEqual(pickFlat(fields, [0, 2, 3, 6]), tf.concat(columns, 1), 1e-12);
  expect(() => pickFlat(fields, [])).toThrow('No field was picked');
});

it('the mean of an empty history is zero, that of others ignores what is not there', () => {
  const mask = tf.tensor2d([
    [0, 0],
    [1, 0],
    [1, 1],
  ]);
  const items = tf.mul<tf.Tensor3D>(tf.ones([3, 2, 1]), tf.expandDims(mask, 2));
  expect([...meanOverSequence(items, mask).dataSync()]).toEqual([0, 1, 1]);
});

it('a bank with equal towers is one network, and each row feels only its own tower', () => {
  const x = matrix(ROWS, 4, 2);
  const inputs = rowsOf(scenario);
  const options = { input: 4, widths: [5, 3], batchNorm: 'off', scenarios: SCENARIOS, dropout: 0 } as const;
  const variables = createVariables(1);
  const mlp = createMlp(variables, 'mlp', options);
  const bank = createTowerBank(variables, 'tower', options);
  const before = tf.clone(bank.apply(x, inputs, train()).output);
  bank.linears.forEach((linear, k) => {
    const one = mlp.linears[k]!.weight.tensor;
    linear.weight.tensor.dataSync().set(tf.tile(tf.expandDims(one, 0), [SCENARIOS, 1, 1]).dataSync());
  });
  expectEqual(bank.apply(x, inputs, train()).output, mlp.apply(x, inputs, train()).output);
  expect(tf.max(tf.abs(before)).dataSync()[0]).toBeGreaterThan(0);
});

it('a stack over one input equals the stack over copies of it', () => {
  const x = matrix(ROWS, 4, 3);
  const inputs = rowsOf(scenario);
  const stack = createStackedMlp(createVariables(2), 'expert', {
    stack: 3,
    input: 4,
    widths: [5, 2],
    batchNorm: 'shared',
    scenarios: SCENARIOS,
    dropout: 0,
  });
  const copies = tf.tile<tf.Tensor3D>(tf.expandDims(x, 0), [3, 1, 1]);
  expectEqual(stack.apply(x, inputs, train()), stack.apply(copies, inputs, train()));
});

it('a gate that is one-hot mixes a stack to that expert', () => {
  const h = random([2, ROWS, 3], 4) as tf.Tensor3D;
  const second = tf.tile(tf.tensor2d([[0, 1]]), [ROWS, 1]);
  expectEqual(
    mixExpertsStacked(h, second),
    tf.reshape(tf.slice(h, [1, 0, 0], [1, ROWS, 3]), [ROWS, 3]),
    1e-12,
  );
});

it('gates sum to 1, or to 0 where everything is masked; own is the row’s scenario of all', () => {
  const x = matrix(ROWS, 4, 5);
  const { scenarioOneHot } = rowsOf(scenario);
  const variables = createVariables(3);
  const shared = createSharedGate(variables, 'shared', 4, 5);
  const gate = createScenarioGate(variables, 'gate', SCENARIOS, 4, 5);
  expectEqual(tf.sum(shared.apply(x), 1), tf.ones([ROWS]));
  expectEqual(tf.sum(gate.own(x, scenarioOneHot), 1), tf.ones([ROWS]));
  expectEqual(tf.sum(tf.mul(gate.all(x), tf.expandDims(scenarioOneHot, 2)), 1), gate.own(x, scenarioOneHot));
  const none = tf.zeros<tf.Rank.R2>([ROWS, 5]);
  expectEqual(gate.own(x, scenarioOneHot, none), none, 1e-12);
});

it('per-scenario norms centre each scenario; with own scale 1 and shift 0 they all agree', () => {
  const x = tf.add<tf.Tensor2D>(matrix(ROWS, 4, 6), tf.expandDims(tf.tensor1d(scenario), 1));
  const inputs = rowsOf(scenario);
  const outputs = (['domain', 'own', 'partitioned'] as const).map((kind) => {
    const norm = createBatchNorm(createVariables(4), 'norm', 4, kind, SCENARIOS)!;
    return norm.apply(x, inputs, train()).output;
  });
  expectEqual(outputs[0]!, outputs[1]!);
  expectEqual(outputs[0]!, outputs[2]!);
  const sums = tf.matMul(tf.transpose(inputs.scenarioOneHot), outputs[0]!);
  expectEqual(sums, tf.zeros([SCENARIOS, 4]), 1e-4);
});

it('a small spread within a scenario is not rounded to that of a moving variance of 1', () => {
  // Embeddings start this small, so that a norm above them divides by some 1e-5.
  const small = tf.mul<tf.Tensor2D>(matrix(ROWS, 2, 9), 1e-3);
  const norm = createBatchNorm(createVariables(6), 'norm', 2, 'own', SCENARIOS)!;
  const found = norm.apply(small, rowsOf(scenario), train()).output.dataSync();
  const x = small.dataSync();
  const off = Array.from({ length: ROWS }, (_, b) =>
    [0, 1].map((unit) => {
      const own = Array.from({ length: ROWS / SCENARIOS }, (__, k) => x[2 * (b % SCENARIOS) + unit + 6 * k]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
      return Math.abs(found[2 * b + unit]! - (x[2 * b + unit]! - mean) / Math.sqrt(variance + 1e-5));
    }),
  );
  expect(Math.max(...off.flat())).toBeLessThan(1e-6);
});

it('a scenario with one row keeps its moving statistics and is normalised by them', () => {
  const lonely = [0, 0, 0, 0, 1, 0];
  const x = matrix(lonely.length, 2, 7);
  const variables = createVariables(5);
  const norm = createBatchNorm(variables, 'norm', 2, 'domain', SCENARIOS)!;
  const recorded = new Map<string, tf.Tensor>();
  const mode: Mode = { ...train(), recordState: ({ name }, value) => void recorded.set(name, value) };
  const { output } = norm.apply(x, rowsOf(lonely), mode);
  const row = (t: tf.Tensor2D, b: number): tf.Tensor => tf.slice(t, [b, 0], [1, 2]);
  // Moving statistics start at mean 0 and variance 1.
  expectEqual(row(output, 4), tf.div(row(x, 4), Math.sqrt(1 + 1e-5)));
  expectEqual(row(recorded.get('norm.mean') as tf.Tensor2D, 1), tf.zeros([1, 2]));
  expectEqual(row(recorded.get('norm.variance') as tf.Tensor2D, 1), tf.ones([1, 2]));
});

it('prior biases are logits of the click rates, drawn towards the overall one where rows are few', () => {
  const shape = {
    ...tinyShape(),
    clickRate: 0.5,
    scenarioClickRate: [0.1, 0.1, 0.1],
    scenarioRows: [1e9, 100, 0],
  };
  const biases = priorBiases(shape, 'on');
  expect(biases[0]).toBeCloseTo(logit(0.1), 5);
  expect(biases[1]).toBeCloseTo(logit(0.3), 5);
  expect(biases[2]).toBeCloseTo(logit(0.5), 5);
  expect([...priorBiases(shape, 'off')]).toEqual([0, 0, 0]);
});

it('hands a last level that reads two streams of each row the same two as all of them', () => {
  const many = 9;
  const of = Array.from({ length: ROWS }, (_, b) => (5 * b) % many);
  const inputs = {
    batch: ROWS,
    scenario: tf.tensor1d(of, 'int32'),
    scenarioOneHot: tf.cast(tf.oneHot(tf.tensor1d(of, 'int32'), many) as tf.Tensor2D, 'float32'),
  } as Inputs;
  const variables = createVariables(3);
  const sizes = {
    widths: [5],
    batchNorm: 'off',
    scenarios: many,
    dropout: 0,
    specific: 2,
    shared: 2,
  } as const;
  const [first, inner, last] = [0, 1, 2].map((k) =>
    createExtractionLevel(variables, `level.${k}`, { ...sizes, input: k === 0 ? 4 : 5, last: k === 2 }),
  );
  expect(last!.readsOwnStreams).toBe(true);
  const x = matrix(ROWS, 4, 8);
  for (const levels of [1, 2]) {
    const [all, own] = ['extract' as const, 'extractOwn' as const].map((form) =>
      tf.grads((given_) => {
        const given = given_ as tf.Tensor2D;
        const entry = levels === 1 ? given : first!.extract(given, inputs, train());
        const level = levels === 1 ? first! : inner!;
        return tf.sum(tf.square(last!.finish(level[form](entry, inputs, train()), inputs, train()).own));
      })([x]),
    );
    expect(tf.max(tf.abs(all![0]!)).dataSync()[0]).toBeGreaterThan(1e-3);
    expectEqual(all![0]!, own![0]!);
  }
});
