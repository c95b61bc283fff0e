/** A gated product is the product of the library's own operations, and so are its gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { values } from '../../testing/operation';
import { gatedProduct } from '.';

const SHAPE = [5, 7];

/** Value and gradients by units and gate. */
function found(product: (x: tf.Tensor, gate: tf.Tensor) => tf.Tensor): Float32Array[] {
  return tf.tidy(() => {
    const leaves = [values(SHAPE, 1), values(SHAPE, 2)];
    const { value, grads } = tf
      .engine()
      .gradients(() => tf.sum(tf.mul(product(leaves[0]!, leaves[1]!), values(SHAPE, 3))), leaves);
    const made = product(leaves[0]!, leaves[1]!);
    return [made, value, ...grads].map((each) => each.dataSync<'float32'>().slice());
  });
}

it.each(['cpu', 'wasm'] as const)('to the bit on %s', async (backend) => {
  expect((await openBackend(backend, { threads: 1 })).name).toBe(backend);
  for (const scale of [2, 0.3]) {
    const one = found((x, gate) => gatedProduct(x, gate, scale));
    const parts = found((x, gate) => tf.mul(x, tf.mul(gate, scale)));
    expect(one).toEqual(parts);
  }
});

it('refuses other shapes', async () => {
  await openBackend('cpu');
  tf.tidy(() => {
    expect(() => gatedProduct(tf.ones([2, 3]), tf.ones([3]), 2)).toThrow('gatedProduct needs x');
  });
});
