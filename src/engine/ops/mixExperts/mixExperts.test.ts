import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../backend';
import { normalArray } from '../../random';
import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { mixExperts, mixExpertsMultiGate, mixExpertsStacked } from '.';

testAgainstPyTorch({
  mixExperts: ({ h, weights }) => mixExperts(as3(h), as2(weights)),
  mixExpertsStacked: ({ h, weights }) => mixExpertsStacked(as3(h), as2(weights)),
});

const [lower, upper, rows, width] = [3, 5, 7, 6];

/** The same by loops. */
function byLoops(h: Float32Array, weights: Float32Array): number[] {
  const out = new Array<number>(upper * rows * width).fill(0);
  for (let m = 0; m < upper; m++)
    for (let b = 0; b < rows; b++)
      for (let i = 0; i < lower; i++)
        for (let c = 0; c < width; c++)
          out[(m * rows + b) * width + c]! +=
            weights[(b * upper + m) * lower + i]! * h[(i * rows + b) * width + c]!;
  return out;
}

describe.each(['cpu', 'wasm'] as const)('mixtures of one stack on %s', (name) => {
  const h = normalArray(1, 'h', lower * rows * width);
  const weights = normalArray(1, 'weights', rows * upper * lower);
  const probe = normalArray(1, 'probe', upper * rows * width);

  beforeAll(async () => {
    await openBackend(name);
  });
  afterAll(() => tf.disposeVariables());

  test('equal sums by loops', () => {
    const out = tf.tidy(() =>
      mixExpertsMultiGate(
        tf.tensor3d(h, [lower, rows, width]),
        tf.tensor3d(weights, [rows, upper, lower]),
      ).dataSync(),
    );
    byLoops(h, weights).forEach((value, at) => expect(out[at]).toBeCloseTo(value, 5));
  });

  test('have the gradients that their linearity gives', () => {
    const [dh, dWeights] = tf.tidy(() => {
      const of = tf.grads((x: tf.Tensor, w: tf.Tensor) =>
        tf.sum(
          tf.mul(
            mixExpertsMultiGate(x as tf.Tensor3D, w as tf.Tensor3D),
            tf.tensor3d(probe, [upper, rows, width]),
          ),
        ),
      );
      return of([tf.tensor3d(h, [lower, rows, width]), tf.tensor3d(weights, [rows, upper, lower])]).map((g) =>
        g.dataSync().slice(),
      );
    });
    // The objective is linear in each: a unit step changes it by the gradient, exactly.
    const objective = (x: Float32Array, w: Float32Array): number =>
      byLoops(x, w).reduce((sum, value, at) => sum + value * probe[at]!, 0);
    for (const at of [0, 5, 40, 77]) {
      const moved = h.slice();
      moved[at]! += 1;
      expect(dh![at]).toBeCloseTo(objective(moved, weights) - objective(h, weights), 3);
    }
    for (const at of [0, 14, 51, 104]) {
      const moved = weights.slice();
      moved[at]! += 1;
      expect(dWeights![at]).toBeCloseTo(objective(h, moved) - objective(h, weights), 3);
    }
  });

  test('name both shapes where they do not fit', () => {
    tf.tidy(() => {
      expect(() => mixExpertsMultiGate(tf.zeros([3, 7, 6]), tf.zeros([7, 5, 4]))).toThrow(
        /h \[3, 7, 6\] and weights \[7, 5, 4\]/,
      );
    });
  });
});
