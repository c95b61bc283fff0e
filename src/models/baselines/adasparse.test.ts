/** What must hold of AdaSparse whatever its weights are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { forward, quietMode } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { expectClose, fill, rewrite, seen, tinyModel, valuesOf } from '../../../tests/support/tinyModel';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import { createMode, openBackend } from '../../engine';
import type { AnyModel } from '../definition';
import type { AnySettings } from '../settings';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const WIDTHS = [28, 6, 4];
const FACTORS = WIDTHS.map((_, l) => `factor${l}`);

beforeAll(async () => {
  await openBackend('cpu');
});

const build = (settings: AnySettings = {}): AnyModel =>
  tinyModel('adasparse', { batchNorm: 'off', threshold: 0.75, ...settings });

/** The regulariser of a training pass. */
const sparsity = (model: AnyModel): number =>
  tf.tidy(() => forward(model, shape, batch, quietMode('train')).losses.terms.sparsity!.dataSync()[0]!);

it('a neuron is off, or weighs more than the threshold and less than the largest weight', () => {
  const model = build();
  const values = FACTORS.flatMap((name) => [...seen(model, shape, batch, name)]);
  const on = values.filter((value) => value > 0);
  expect(on.length).toBeLessThan(values.length);
  expect(Math.min(...on)).toBeGreaterThan(0.75);
  // The weight is compared, which is twice the sigmoid.
  expect(Math.min(...on)).toBeLessThan(1.5);
  expect(Math.max(...on)).toBeLessThan(2);
  model.dispose();
  const binary = build({ factor: 'binarization' });
  const switched = new Set(FACTORS.flatMap((name) => [...seen(binary, shape, batch, name)]));
  expect([...switched].sort()).toEqual([0, 1]);
  binary.dispose();
});

it('with pruners that say nothing, scaling to 1, it is Mix', () => {
  const mix = tinyModel('mix', { hidden: [6, 4], batchNorm: 'off' });
  const model = build({ factor: 'scaling', beta: 2 });
  fill(model, mix, (name, size) =>
    /^(pruner|scenario)\./.test(name) ? new Float32Array(size) : valuesOf(mix, name),
  );
  expectClose(seen(model, shape, batch), seen(mix, shape, batch));
  mix.dispose();
  model.dispose();
});

it('a neuron that is off says nothing to the next layer', () => {
  const model = build();
  // Rows of neurons that are off in every row of the batch.
  const factor = seen(model, shape, batch, 'factor0');
  const off = Array.from({ length: WIDTHS[0]! }, (_, c) =>
    Array.from({ length: batch.count }, (_row, b) => factor[b * WIDTHS[0]! + c]!).every((f) => f === 0),
  );
  const before = seen(model, shape, batch);
  rewrite(model, 'mlp.0.weight', (value, at) => (off[Math.floor(at / 6)] ? value + 100 : value));
  expectClose(seen(model, shape, batch), before);
  model.dispose();
});

it('scenarios switch different neurons off in the same row', () => {
  const model = build();
  const elsewhere = { ...batch, scenario: batch.scenario.map((s) => (s + 1) % shape.scenarios) };
  const [here, there] = [batch, elsewhere].map((rows) => seen(model, shape, rows, 'factor0'));
  expect(here!.map((f) => Number(f > 0))).not.toEqual(there!.map((f) => Number(f > 0)));
  model.dispose();
});

it('the regulariser is nothing within its bounds and pulls outside, the more the farther', () => {
  const within = build({ sparsityLow: 0, sparsityHigh: 1 });
  expect(sparsity(within)).toBe(0);
  const model = build({ sparsityLow: 0.9, sparsityHigh: 1 });
  const none = build({ sparsityLow: 0.9, sparsityHigh: 1, threshold: 0 });
  expect(sparsity(model)).toBeGreaterThan(0);
  expect(sparsity(none)).toBeGreaterThan(sparsity(model));
  // Nothing is off: each layer is 0.95 away, and so is its weight.
  expect(sparsity(none)).toBeCloseTo(0.01 * 0.95 ** 2, 6);
  for (const one of [within, model, none]) one.dispose();
});

it('the temperature grows by training alone, and stops', () => {
  const model = build({ temperature: 0.5, temperatureStep: 0.2, temperatureEnd: 0.6 });
  const recorded = (kind: 'train' | 'evaluate'): Record<string, number> => {
    const mode = createMode(kind, 1, 1);
    tf.tidy(() => {
      forward(model, shape, batch, mode);
    });
    return Object.fromEntries(
      mode.drainRecorded().map(({ state, value }) => {
        const next = value.dataSync()[0]!;
        value.dispose();
        return [state.name, next];
      }),
    );
  };
  expect(recorded('evaluate')).toEqual({});
  const next = recorded('train');
  expect(next['pruner.temperature']).toBeCloseTo(0.6, 6);
  expect(next['pruner.strength']).toBeCloseTo(0.0101, 6);
  model.dispose();
});

for (const name of [
  'fusion',
  'fusion-norm',
  'binarization',
  'scaling',
  'temperature-at-its-end',
  'within-bounds',
  'without-control',
])
  describeReference(`tests/reference/adasparse/fixtures/${name}.json`);
