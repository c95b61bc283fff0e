import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { assign, createMode, createVariables, openBackend } from '../../engine';
import { readJson, type TensorValues } from '../../../tests/support/reference';
import { createMlp, createTowerBank, mlpInputGradient, towerInputGradient } from '.';

interface Fixture {
  readonly bank: boolean;
  readonly norm: 'off' | 'shared' | 'domain';
  readonly slope: number;
  readonly scenario: readonly number[];
  readonly x: TensorValues;
  readonly delta: TensorValues;
  readonly masks: readonly TensorValues[];
  readonly weighting: TensorValues;
  readonly parameters: Readonly<Record<string, TensorValues>>;
  readonly output: TensorValues;
  readonly inputGradient: TensorValues;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, TensorValues>>;
  readonly deltaGradient: TensorValues;
}

const tensor = ({ values, shape }: TensorValues): tf.Tensor2D =>
  tf.tensor2d([...values], shape as [number, number]);

function expectNear(name: string, got: tf.Tensor, wanted: TensorValues, tolerance: number): void {
  const size = Math.max(...wanted.values.map(Math.abs));
  got.dataSync().forEach((value, i) => {
    expect(Math.abs(value - wanted.values[i]!) / size, name).toBeLessThan(tolerance);
  });
}

describe.each(['cpu', 'wasm'] as const)('input gradients in closed form on %s', (backend) => {
  beforeAll(async () => {
    expect((await openBackend(backend)).name).toBe(backend);
  });

  it.each(['mlp-off', 'mlp-shared', 'mlp-domain', 'bank-off', 'bank-shared', 'bank-domain'])(
    '%s: the gradient and the gradient of a loss that contains it equal autograd',
    (name) => {
      const fixture = readJson<Fixture>(`tests/reference/layers/fixtures/${name}.json`);
      const variables = createVariables(1);
      const [input, first, second] = [
        fixture.x.shape[1]!,
        fixture.masks[0]!.shape[1]!,
        fixture.masks[1]!.shape[1]!,
      ];
      const scenarios = 3;
      const options = {
        input,
        widths: [first, second],
        batchNorm: fixture.norm,
        scenarios,
        dropout: 0.25,
        slope: fixture.slope,
      };
      const bank = fixture.bank ? createTowerBank(variables, 'net', options) : null;
      const network = bank ?? createMlp(variables, 'net', options);
      for (const parameter of variables.parameters)
        assign(parameter, Float32Array.from(fixture.parameters[parameter.name]!.values));
      tf.tidy(() => {
        let call = 0;
        const mode = {
          ...createMode('train', 1, 1),
          dropoutMask: () => tensor(fixture.masks[call++]!),
          recordState: () => undefined,
        };
        const scenarioOneHot = tf.cast(
          tf.oneHot(tf.tensor1d([...fixture.scenario], 'int32'), scenarios) as tf.Tensor2D,
          'float32',
        );
        const inputs = { weight: tf.ones<tf.Rank.R2>([fixture.scenario.length, 1]), scenarioOneHot };
        const delta = tensor(fixture.delta);
        const names = Object.keys(fixture.gradients);
        const kept: tf.Tensor[] = [];
        const { value, grads } = tf.engine().gradients(
          () => {
            const trace = network.apply(tensor(fixture.x), inputs, mode);
            const gradient = bank
              ? towerInputGradient(bank, trace, delta, scenarioOneHot)
              : mlpInputGradient(network as ReturnType<typeof createMlp>, trace, delta);
            kept.push(tf.keep(tf.clone(trace.output)), tf.keep(tf.clone(gradient)));
            return tf.sum<tf.Scalar>(tf.mul(tensor(fixture.weighting), tf.square(gradient)));
          },
          [
            delta,
            ...names.map((one) => variables.parameters.find((parameter) => parameter.name === one)!.tensor),
          ],
          undefined,
          true,
        );
        expectNear('output', kept[0]!, fixture.output, 1e-5);
        expectNear('input gradient', kept[1]!, fixture.inputGradient, 1e-5);
        expect(value.dataSync()[0]! / fixture.loss).toBeCloseTo(1, 5);
        const found = grads;
        expectNear('gradient by delta', found[0]!, fixture.deltaGradient, 1e-4);
        names.forEach((one, i) =>
          expectNear(`gradient of ${one}`, found[i + 1]!, fixture.gradients[one]!, 1e-4),
        );
        tf.dispose(kept);
      });
      tf.dispose([...variables.parameters, ...variables.states].map((variable) => variable.tensor));
    },
  );
});
