import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { deferredValue } from '../../backends/wasm/deferredValues';
import { indicesOf } from '../../oneHotIndices';
import { values } from '../../testing/operation';
import { routedDense } from '../routedDense';
import { oneHotRows, ownAndDrawnRows } from '.';

const INDICES = [2, 0, 2, -1, 1, 5, 2] as const;
const hot = (depth: number): tf.Tensor2D => oneHotRows(tf.tensor1d([...INDICES], 'int32'), depth);
const expected = (depth: number): number[] =>
  INDICES.flatMap((index) => Array.from({ length: depth }, (_, n) => (n === index ? 1 : 0)));

it.each(['cpu', 'wasm'] as const)(
  'a one-hot has its 1 at the index, and none outside, on %s',
  async (name) => {
    await openBackend(name);
    for (const depth of [5, 3, 1]) {
      tf.tidy(() => {
        expect([...hot(depth).dataSync()]).toEqual(expected(depth));
      });
    }
  },
);

it('on WASM a one-hot that only routes rows is never made, and one that is read is', async () => {
  await openBackend('wasm');
  const before = tf.memory();
  tf.tidy(() => {
    const route = hot(5);
    const made = routedDense(values([7, 4], 1), values([5, 4, 3], 2), values([5, 3], 3), route);
    expect(deferredValue(route)).not.toBeNull();
    const copy = tf.clone(route);
    expect(deferredValue(copy)).not.toBeNull();
    const plain = tf.tensor2d(expected(5), [7, 5]);
    const spelled = routedDense(values([7, 4], 1), values([5, 4, 3], 2), values([5, 3], 3), plain);
    expect(made.dataSync()).toEqual(spelled.dataSync());
    expect([...copy.dataSync()]).toEqual(expected(5));
    expect(deferredValue(route)).toBeNull();
  });
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
});

const DRAWN = [1, 4] as const;

it.each(['cpu', 'wasm'] as const)('rows in their own and in drawn scenarios, on %s', async (name) => {
  await openBackend(name);
  tf.tidy(() => {
    const drawn = tf.tensor2d(
      [...DRAWN].flatMap((n) => [0, 1, 2, 3, 4].map((k) => Number(k === n))),
      [2, 5],
    );
    const views = ownAndDrawnRows(hot(5), drawn);
    const each = DRAWN.flatMap((n) => INDICES.map(() => n));
    expect(indicesOf(views)).toEqual(name === 'wasm' ? Int32Array.from([...INDICES, ...each]) : null);
    const others = each.flatMap((n) => [0, 1, 2, 3, 4].map((k) => Number(k === n)));
    expect([...views.dataSync()]).toEqual([...expected(5), ...others]);
    // Shares are no one-hot: as they are.
    const shares = ownAndDrawnRows(hot(5), tf.tensor2d([0.5, 0.5, 0, 0, 0], [1, 5]));
    expect(indicesOf(shares)).toBeNull();
    expect(shares.dataSync().at(-5)).toBe(0.5);
  });
});
