import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { stopGradient } from '.';

it.each(['cpu', 'wasm'] as const)('on %s no gradient passes a stop', async (backend) => {
  await openBackend(backend);
  const gradient = tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(x, stopGradient(x))), [x]);
    return [...grads[0]!.dataSync()];
  });
  expect(gradient).toEqual([1, 2, 3]);
});
