import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { as2, as3, testOperation, values, type OperationCase } from '../../testing/operation';
import { gru } from '.';

const mask = (rows: number, length: number): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: rows * length }, (_, i) =>
      i % length <= Math.floor(i / length) % (length + 1) ? 1 : 0,
    ),
    [rows, length],
  );

const ofWidth = (width: number): OperationCase => ({
  ours: (x, u) => gru(as3(x), as2(u), mask(5, 4)),
  shapes: [
    [5, 4, 3 * width],
    [width, 3 * width],
  ],
});

testOperation({ 'three units': ofWidth(3), 'eight units': ofWidth(8) });

it('keeps its state over steps that are not there', async () => {
  await openBackend('wasm');
  const x = values<tf.Rank.R3>([2, 3, 12], 1);
  const u = values<tf.Rank.R2>([4, 12], 2);
  const whole = gru(tf.slice(x, [0, 0, 0], [2, 2, 12]), u, tf.ones([2, 2]));
  const cut = gru(x, u, tf.tensor2d([1, 1, 0, 1, 1, 0], [2, 3]));
  expect([...cut.dataSync()]).toEqual([...whole.dataSync()]);
  expect([...gru(x, u, tf.zeros([2, 3])).dataSync()]).toEqual(Array(8).fill(0));
});

it('names shapes that do not fit', () => {
  expect(() => gru(tf.zeros([2, 3, 11]), tf.zeros([4, 12]), tf.zeros([2, 3]))).toThrow(/\[2, 3, 11\]/);
});
