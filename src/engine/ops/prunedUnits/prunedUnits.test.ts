/** What is pruned in one pass is what the library's own operations make of it in a row, and so are its gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { stopGradient } from '../stopGradient';
import { uniformArray } from '../../random';
import { prunedFactor, prunedShare, type Switch } from '.';

const SHAPE: [number, number] = [6, 11];

const composed = {
  factor: (s: tf.Tensor2D, { scale, threshold }: Switch): tf.Tensor => {
    const strength = tf.mul(s, scale);
    return tf.mul(strength, tf.step(tf.sub(stopGradient(strength), threshold)));
  },
  share: (s: tf.Tensor2D, { scale, threshold }: Switch): tf.Tensor => {
    const on = tf.step(tf.sub(stopGradient(tf.mul(s, scale)), threshold));
    return tf.mean(tf.add(stopGradient(tf.sub(on, s)), s), 1, true);
  },
};

/** Factor, share and the gradient by s of both together. */
function found(
  factor: (s: tf.Tensor2D, how: Switch) => tf.Tensor,
  share: (s: tf.Tensor2D, how: Switch) => tf.Tensor,
  values: Float32Array,
  how: Switch,
): number[][] {
  return tf.tidy(() => {
    const s = tf.tensor2d(values, SHAPE);
    const weigh = (name: string, shape: number[]): tf.Tensor =>
      tf.tensor(uniformArray(3, name, tf.util.sizeFromShape(shape), -1, 1), shape);
    const loss = (given: tf.Tensor): tf.Scalar =>
      tf.add(
        tf.sum<tf.Scalar>(tf.mul(factor(given as tf.Tensor2D, how), weigh('factor', SHAPE))),
        tf.sum(tf.mul(share(given as tf.Tensor2D, how), weigh('share', [SHAPE[0], 1]))),
      );
    const gradient = tf.grad(loss)(s);
    // Zeros of both signs are one.
    return [factor(s, how), share(s, how), gradient].map((each) => [...each.dataSync()].map((x) => x + 0));
  });
}

it.each(['cpu', 'wasm'] as const)('to the bit on %s, but for the mean on CPU', async (backend) => {
  expect((await openBackend(backend, { threads: 1 })).name).toBe(backend);
  const values = uniformArray(1, 's', SHAPE[0] * SHAPE[1], 0, 1);
  // Just at the threshold a unit is off.
  values.set([0.125, 0, 1], 0);
  for (const how of [
    { scale: 2, threshold: 0.25 },
    { scale: 1.7, threshold: 0.9 },
    { scale: 2, threshold: 0 },
  ]) {
    const one = found(prunedFactor, prunedShare, values, how);
    const parts = found(composed.factor, composed.share, values, how);
    // The library's mean on CPU divides before it adds: its shares differ by a rounding.
    if (backend === 'cpu') one[1]!.forEach((value, i) => expect(value).toBeCloseTo(parts[1]![i]!, 6));
    expect(backend === 'cpu' ? [one[0], one[2]] : one).toEqual(
      backend === 'cpu' ? [parts[0], parts[2]] : parts,
    );
    const off = one[0]!.filter((factor) => factor === 0).length;
    expect(off).toBeGreaterThan(0);
    expect(off).toBeLessThan(values.length);
  }
});

it.each(['cpu', 'wasm'] as const)('on %s what is no number shows', async (backend) => {
  await openBackend(backend, { threads: 1 });
  const s = tf.tensor2d([NaN, 0.5, NaN, 0.5, 0.5, 0.1], [1, 6]);
  const how = { scale: 2, threshold: 0.25 };
  expect([...prunedFactor(s, how).dataSync()]).toEqual([NaN, 1, NaN, 1, 1, 0]);
  expect([...prunedShare(s, how).dataSync()]).toEqual([NaN]);
});
