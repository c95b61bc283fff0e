/** One column of many rows, whose kernels on WASM go along the rows: the CPU backend's numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { normalArray, uniformArray } from '../../random';
import { as2 } from '../../testing/operation';
import { batchNorm } from '.';

/** What normalising `rows` numbers makes, and its gradients by the numbers, the scale and the shift. */
async function normalised(backend: 'cpu' | 'wasm', rows: number, stacks: number): Promise<Float32Array[]> {
  expect((await openBackend(backend, { threads: 1 })).name).toBe(backend);
  return tf.tidy(() => {
    const rowAxis = stacks > 1 ? 1 : 0;
    const shape = stacks > 1 ? [stacks, rows, 1] : [rows, 1];
    const column = stacks > 1 ? [stacks, 1, 1] : [1];
    const x = tf.tensor(normalArray(1, 'x', stacks * rows, 3), shape);
    const weight = as2(tf.tensor(uniformArray(1, 'weight', rows, 0, 2), [rows, 1]));
    const probe = tf.tensor(normalArray(1, 'probe', stacks * rows), shape);
    const leaves = [x, tf.fill(column, 1.5), tf.fill(column, -0.5)];
    const { value, grads } = tf
      .engine()
      .gradients(
        () => tf.sum(tf.mul(batchNorm(x, weight, leaves[1]!, leaves[2]!, rowAxis).output, probe)),
        leaves,
      );
    return [value, ...grads].map((each) => each.dataSync<'float32'>().slice());
  });
}

it.each([
  [1, 1],
  [7, 1],
  [203, 1],
  [64, 3],
  [13, 3],
])('%i rows, %i at once', async (rows, stacks) => {
  const expected = await normalised('cpu', rows, stacks);
  const found = await normalised('wasm', rows, stacks);
  found.forEach((values, i) =>
    values.forEach((value, at) => expect(Math.abs(value - expected[i]![at]!)).toBeLessThan(2e-4)),
  );
});
