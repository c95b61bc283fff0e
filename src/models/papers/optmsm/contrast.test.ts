/** Rows looked at in a few scenarios: the same mathematics as in all, and on average the same constraint. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { normals, tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { forward, quietMode } from '../../../../tests/support/probe';
import { createMode, createVariables, oneHotRows, openBackend } from '../../../engine';
import { defaultSettings } from '../../settings';
import { optmsm } from '.';
import { pairCosines } from './constraint';
import { ALL_SCENARIOS_UP_TO, createContrast, type Views } from './contrast';
import { createAdaptiveGate } from './inputs';
import { fields, presets, type OptMsmSettings } from './settings';
import { createTransfer } from './transfer';
import type { Inputs } from '../../definition';

const SCENARIOS = 4;
const ROWS = 6;
const FIELDS = 3;
const DIM = 2;

beforeAll(async () => {
  await openBackend('wasm');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function random(shape: number[], seed: number): tf.Tensor {
  const next = normals(seed);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), shape);
}

/** Every row once in each scenario, in their order. */
function everyScenario(): Views {
  const index = tf.tensor1d(
    Array.from({ length: SCENARIOS * ROWS }, (_, i) => Math.floor(i / ROWS)),
    'int32',
  );
  return { count: SCENARIOS, route: oneHotRows(index, SCENARIOS) };
}

const settingsOf = (given: Partial<OptMsmSettings>): OptMsmSettings => ({
  ...(defaultSettings(fields) as OptMsmSettings),
  ...presets.tiny,
  ...given,
});

it.each([
  ['fcn', true, 'own'],
  ['fcn', false, 'own'],
  ['moe', true, 'all'],
  ['cgc', true, 'all'],
  ['cgc', false, 'own'],
] as const)(
  'views of every scenario are %s in every scenario (gate %s, experts read %s)',
  (op, on, expertInput) => {
    const variables = createVariables(1);
    const sizes = { scenarios: SCENARIOS, input: FIELDS * DIM };
    const transfer = createTransfer(variables, settingsOf({ op, expertInput }), sizes)!;
    const gate = createAdaptiveGate(variables, on, SCENARIOS, FIELDS);
    const shared = random([ROWS, FIELDS, DIM], 2) as tf.Tensor3D;
    const oneHot = oneHotRows(tf.zeros([ROWS], 'int32'), SCENARIOS);
    const inputs = { batch: ROWS } as Inputs;
    const mode = createMode('evaluate', 0, 0);
    const [all, seen] = [null, everyScenario()].map((views) => {
      const gated = gate.apply(shared, oneHot, views);
      return transfer.apply(gated, inputs, views, mode).representations;
    });
    expect(tf.max(tf.abs(tf.sub(all!, seen!))).dataSync()[0]).toBeLessThan(1e-5);
  },
);

it('the constraint over drawn scenarios is on average the constraint over all', () => {
  const r = random([5, ROWS, 4], 3) as tf.Tensor3D;
  const rows = tf.unstack(r);
  const sums: tf.Tensor2D[] = [];
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < i; j++) {
      for (let k = 0; k < j; k++) {
        sums.push(pairCosines(tf.stack([rows[i]!, rows[j]!, rows[k]!]) as tf.Tensor3D, 'sum'));
      }
    }
  }
  const mean = tf.div(tf.addN(sums), sums.length);
  expect(tf.max(tf.abs(tf.sub(mean, pairCosines(r, 'sum')))).dataSync()[0]).toBeLessThan(1e-6);
});

it('draws other scenarios every step, none of them twice, and none when it evaluates', () => {
  const scenarios = ALL_SCENARIOS_UP_TO + 8;
  expect(createContrast(ALL_SCENARIOS_UP_TO, 3)).toBeNull();
  const contrast = createContrast(scenarios, 3)!;
  const oneHot = oneHotRows(tf.tensor1d([0, 39], 'int32'), scenarios);
  const drawn = [1, 2].map((step) => {
    const { count, route } = contrast.views(oneHot, createMode('train', 7, step));
    expect(count).toBe(4);
    return [...tf.argMax(route, 1).dataSync()];
  });
  for (const [own, otherOwn, ...others] of drawn) {
    expect([own, otherOwn]).toEqual([0, 39]);
    expect(new Set(others).size).toBe(3);
    expect(others[0]).toBe(others[1]);
  }
  expect(drawn[0]).not.toEqual(drawn[1]);
  expect(contrast.views(oneHot, createMode('evaluate', 7, 1)).count).toBe(1);
  contrast.dispose();
});

it('a model of many scenarios holds no tensor of all of them at once', () => {
  const shape = tinyShape(24, 200);
  const definition = optmsm.configure(presets.tiny);
  const model = definition.build(shape, createVariables(1));
  const batch = tinyBatch(shape, definition.needs, 1);
  let most = 0;
  tf.tidy(() => {
    const { pass, losses } = forward(model, shape, batch, quietMode('train'));
    most = Math.max(...Object.values(pass.outputs()).map((output) => output.size));
    expect(losses.terms['orth']!.dataSync()[0]).toBeGreaterThan(0);
  });
  expect(most).toBeLessThan(24 * 200);
  model.dispose();
});
