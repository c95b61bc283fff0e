import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { normals } from '../../../tests/support/tinyData';
import { createMode, createVariables, openBackend } from '../../engine';
import type { Mode } from '../../engine';
import { createScalarNorm } from './scalarNorm';

const [ROWS, WIDTH, SCENARIOS] = [8, 6, 3];

beforeAll(async () => {
  await openBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const train = (): Mode => ({ ...createMode('train', 1, 1), recordState: () => undefined });

/** Rows around 3, with scenarios and weights. */
function given(scenario: readonly number[], weight = scenario.map(() => 1)) {
  const next = normals(7);
  const values = Float32Array.from({ length: scenario.length * WIDTH }, () => 3 + next());
  return {
    values,
    inputs: {
      weight: tf.tensor2d([...weight], [weight.length, 1]),
      scenarioOneHot: tf.cast(
        tf.oneHot(tf.tensor1d([...scenario], 'int32'), SCENARIOS) as tf.Tensor2D,
        'float32',
      ),
    },
  };
}
const at = (values: Float32Array, factor = 1): tf.Tensor2D =>
  tf.tensor2d(
    values.map((value) => factor * value),
    [values.length / WIDTH, WIDTH],
  );
const host = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync<'float32'>());
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const spread = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));
const EVERYONE = Array.from({ length: ROWS }, (_, b) => b % SCENARIOS);

it('gives all numbers together mean 0 and deviation 1, whatever their size, and keeps how columns compare', () => {
  const { values, inputs } = given(EVERYONE);
  // A column that is worth ten times the others stays so.
  values.forEach((value, i) => (values[i] = i % WIDTH === 2 ? 10 * value : value));
  const norm = createScalarNorm(createVariables(1), 'norm', false, SCENARIOS);
  const found = [1, 1000].map((factor) => host(norm.apply(at(values, factor), inputs, train())));
  expect(mean(found[0]!)).toBeCloseTo(0, 5);
  expect(spread(found[0]!)).toBeCloseTo(1, 5);
  found[0]!.forEach((value, i) => expect(value).toBeCloseTo(found[1]![i]!, 5));
  const column = (c: number): number[] => found[0]!.filter((_, i) => i % WIDTH === c);
  expect(spread(column(2)) / spread(column(3))).toBeGreaterThan(5);
});

it('does not hear rows that do not count', () => {
  const { values, inputs } = given(EVERYONE, [1, 1, 1, 1, 1, 1, 0, 0]);
  const norm = createScalarNorm(createVariables(1), 'norm', false, SCENARIOS);
  const other = values.map((value, i) => (i >= 6 * WIDTH ? 100 * value : value));
  const found = [values, other].map((one) => host(norm.apply(at(one), inputs, train())).slice(0, 6 * WIDTH));
  found[0]!.forEach((value, i) => expect(value).toBeCloseTo(found[1]![i]!, 6));
});

it('normalises each scenario by its own rows where each has its own, by the moving moments where it has one row', () => {
  const scenario = [0, 0, 0, 1, 1, 1, 1, 2];
  const { values, inputs } = given(scenario);
  values.forEach((value, i) => (values[i] = value * (scenario[Math.floor(i / WIDTH)]! + 1)));
  const norm = createScalarNorm(createVariables(1), 'norm', true, SCENARIOS);
  const found = host(norm.apply(at(values), inputs, train()));
  for (const s of [0, 1]) {
    const own = found.filter((_, i) => scenario[Math.floor(i / WIDTH)] === s);
    expect(mean(own)).toBeCloseTo(0, 5);
    expect(spread(own)).toBeCloseTo(1, 5);
  }
  // Moving moments start at mean 0 and variance 1.
  found.slice(7 * WIDTH).forEach((value, i) => expect(value).toBeCloseTo(values[7 * WIDTH + i]!, 3));
});

it('evaluates with the moments that training recorded', () => {
  const { values, inputs } = given(EVERYONE);
  const recorded: [mean: number, variance: number][] = [];
  const variables = createVariables(1);
  const norm = createScalarNorm(variables, 'norm', false, SCENARIOS);
  const seen: number[] = [];
  const mode: Mode = {
    ...createMode('train', 1, 1),
    recordState: (_state, value) => seen.push(value.dataSync()[0]!),
  };
  norm.apply(at(values), inputs, mode);
  recorded.push([seen[0]!, seen[1]!]);
  expect(recorded[0]![0]).toBeCloseTo(mean([...values]), 4);
  expect(Math.sqrt(recorded[0]![1])).toBeCloseTo(spread([...values]), 4);
  const evaluated = host(norm.apply(at(values), inputs, createMode('evaluate', 1, 1)));
  evaluated.forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 3));
});

it('knows the moments of a hundred thousand numbers on WASM as well as of a few', async () => {
  await openBackend('wasm', { threads: 1 });
  try {
    const [rows, width] = [512, 192];
    const next = normals(3);
    const values = Float32Array.from({ length: rows * width }, () => 3 + 0.01 * next());
    const centre = mean([...values]);
    const deviation = Math.sqrt(mean([...values].map((x) => (x - centre) ** 2)) + 1e-5);
    const inputs = { weight: tf.ones<tf.Rank.R2>([rows, 1]), scenarioOneHot: tf.ones<tf.Rank.R2>([rows, 1]) };
    const norm = createScalarNorm(createVariables(1), 'norm', false, 1);
    const found = norm.apply(tf.tensor2d(values, [rows, width]), inputs, train()).dataSync();
    // A float of 3 and the mean of such are known to 2.4e-7 each, which the norm makes 95 times as much; summed in a row it was 2.7e-3.
    values.forEach((x, i) => expect(Math.abs(found[i]! - (x - centre) / deviation)).toBeLessThan(1e-4));
  } finally {
    await openBackend('cpu');
  }
});
