import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { testOperation } from '../../testing/operation';
import { maxLast } from '.';

it('gives every tie the whole gradient', async () => {
  await openBackend('cpu');
  const x = tf.tensor2d([1, 3, 3, -1, -2, -1], [2, 3]);
  expect([...maxLast(x).dataSync()]).toEqual([3, -1]);
  const gradient = tf.grad((y: tf.Tensor) => tf.sum(maxLast(y)))(x);
  expect([...gradient.dataSync()]).toEqual([0, 1, 1, 1, 0, 1]);
});

testOperation({
  'largest values': { ours: (x) => maxLast(x), spelled: (x) => tf.max(x, -1), shapes: [[4, 3]] },
});
