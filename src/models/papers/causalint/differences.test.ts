/** Finite differences of each loss on its own: every closed form and every custom gradient, second order included. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, gradientsOf, quietMode, shake } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape, uniforms } from '../../../../tests/support/tinyData';
import { assign, createVariables, openBackend } from '../../../engine';
import type { AnyModel } from '../../definition';
import type { AnySettings } from '../../settings';
import { causalint } from '.';

const shape = tinyShape(6);
const batch = tinyBatch(shape, {}, 3, 1);
const only = (term: string): AnySettings =>
  Object.fromEntries(
    ['Invar', 'Classifier', 'Concat', 'Scenario', 'Orth', 'GramSchmidt'].map((name) => [
      `weight${name}`,
      name === term ? 1 : 0,
    ]),
  );

function build(settings: AnySettings): AnyModel {
  const tiny = { ...causalint.presets.tiny, batchNorm: 'off', embeddingDim: 3 };
  const model = causalint.configure({ ...tiny, ...settings }).build(shape, createVariables(1));
  shake(model);
  return model;
}

/** Elements of a tensor that are looked at: all of small ones, some of large ones. */
function some(size: number, seed: number): number[] {
  const next = uniforms(seed);
  return size <= 6
    ? Array.from({ length: size }, (_, i) => i)
    : Array.from({ length: 6 }, () => Math.floor(next() * size));
}

/**
 * Largest difference between differences and gradients over the largest difference, over parameters that pass `names`.
 * A difference across a kink of LeakyReLU is of no use: it shows as two step sizes that disagree, and is left out.
 */
function compare(model: AnyModel, names: (name: string) => boolean): { worst: number; largest: number } {
  const total = (): number =>
    tf.tidy(() => forward(model, shape, batch, quietMode('train')).losses.total.dataSync()[0]!);
  const { parameters } = gradientsOf(model, shape, batch);
  let worst = 0;
  let largest = 0;
  let smooth = 0;
  let all = 0;
  for (const parameter of model.parameters.filter(({ name }) => names(name))) {
    const gradient = parameters.get(parameter.name);
    const base = parameter.tensor.dataSync<'float32'>().slice();
    for (const i of some(base.length, 4)) {
      const slope = (h: number): number => {
        const at = (by: number): number => {
          const moved = base.slice();
          moved[i]! += by;
          assign(parameter, moved);
          return total();
        };
        return (at(h) - at(-h)) / (2 * h);
      };
      const [wide, narrow] = [slope(4e-3), slope(2e-3)];
      assign(parameter, base);
      all++;
      if (Math.abs(wide - narrow) > 0.02 * Math.max(Math.abs(wide), 0.02)) continue;
      smooth++;
      largest = Math.max(largest, Math.abs(narrow));
      worst = Math.max(worst, Math.abs(narrow - (gradient?.[i] ?? 0)));
    }
  }
  expect(smooth / all, 'share of smooth elements').toBeGreaterThan(0.7);
  return { worst, largest };
}

beforeAll(async () => {
  await openBackend('cpu');
});

const everything = (): boolean => true;
/** Paths through experts that Eq 20 stops are no part of the gradient, so differences of these may not be compared. */
const notStopped = (name: string): boolean => !name.startsWith('experts.');

const cases: readonly (readonly [string, AnySettings, (name: string) => boolean])[] = [
  ['Loss₁', only('Invar'), everything],
  ['Loss₂', only('Classifier'), everything],
  ['Loss₃', only('Concat'), everything],
  ['orth', only('Orth'), everything],
  ['orth as an absolute value', { ...only('Orth'), orthLoss: 'abs' }, everything],
  ['orth through dropout', { ...only('Orth'), dropout: 0.3 }, everything],
  ['Lossᵈ through the inner step', { ...only('Scenario'), innerRate: 0.1 }, notStopped],
  ['Lossᵈ by concatenation', { ...only('Scenario'), innerRate: 0.1, fusion: 'concat' }, everything],
  ['Lossᵈ by product', { ...only('Scenario'), innerRate: 0.1, fusion: 'mul' }, everything],
  ['OR through TransNet', { ...only('GramSchmidt'), innerRate: 0.1 }, notStopped],
  ['OR as half squares', { ...only('GramSchmidt'), innerRate: 0.1, orNorm: 'squared' }, notStopped],
  ['OR by concatenation', { ...only('GramSchmidt'), fusion: 'concat' }, everything],
  ['OR by product', { ...only('GramSchmidt'), fusion: 'mul' }, everything],
  ['OR by product of experts', { ...only('GramSchmidt'), fusion: 'mul', fusionInput: 'experts' }, notStopped],
  ['OR before the inner step', { ...only('GramSchmidt'), orthAt: 'xIr' }, notStopped],
  ['OR by the embeddings', { ...only('GramSchmidt'), invar: false, maml: false, fusion: 'none' }, everything],
];

describe.each(cases)('differences confirm the gradient of %s', (_name, settings, names) => {
  it('in every parameter', () => {
    const model = build(settings);
    const { worst, largest } = compare(model, names);
    model.dispose();
    expect(largest).toBeGreaterThan(1e-4);
    expect(worst / largest).toBeLessThan(2e-2);
  });
});
