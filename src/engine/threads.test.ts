/** Training on the WASM backend with helping threads, in Node: the same bits as alone. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { openBackend, stackedDense, multiDenseStacked, leakyRelu } from '.';
import { wasmKernels } from './backends/wasm/module';
import { normalArray } from './random';

const [BATCH, INPUT, EXPERTS, HIDDEN, OUTPUT] = [256, 96, 3, 64, 40] as const;

/** Two stacked layers and all their gradients: every way of sharing a product. */
function numbers(): Float32Array[] {
  return tf.tidy(() => {
    const normal = (name: string, shape: number[]): tf.Tensor =>
      tf.tensor(normalArray(1, name, tf.util.sizeFromShape(shape)), shape);
    const leaves = [
      normal('x', [BATCH, INPUT]),
      normal('first', [EXPERTS, INPUT, HIDDEN]),
      normal('bias', [EXPERTS, HIDDEN]),
      normal('second', [EXPERTS, HIDDEN, OUTPUT]),
    ];
    const [x, first, bias, second] = leaves as [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D, tf.Tensor3D];
    const probe = normal('probe', [EXPERTS, BATCH, OUTPUT]);
    const { value, grads } = tf
      .engine()
      .gradients(
        () =>
          tf.sum(tf.mul(stackedDense(leakyRelu(multiDenseStacked(x, first, bias), 0), second, null), probe)),
        leaves,
      );
    return [value, ...grads].map((each) => each.dataSync<'float32'>().slice());
  });
}

it('two threads help where they are asked for, and give the bits of one', async () => {
  const info = await openBackend('wasm', { threads: 2 });
  expect(info.name).toBe('wasm');
  expect(info.threads).toBe(2);
  const pool = wasmKernels()!.pool!;
  const shared = numbers();
  for (let i = 0; i < 200 && pool.helped() === 0; i++) numbers();
  expect(pool.helped()).toBeGreaterThan(0);
  // A thread that comes late, between two products of a chain, must not cut them differently.
  let threads = 1;
  const late = vi.spyOn(pool, 'threads', 'get').mockImplementation(() => ++threads);
  const joined = numbers();
  expect(threads).toBeGreaterThan(2);
  late.mockRestore();
  pool.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const helped = pool.helped();
  const alone = numbers();
  expect(pool.helped()).toBe(helped);
  expect(shared).toEqual(alone);
  expect(joined).toEqual(alone);
});
