import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../src/engine';
import { rooflineOf } from '../bench/roofline';
import { dense } from '../src/engine/ops/dense';

beforeAll(async () => {
  await openBackend('wasm', { threads: 1 });
});

const limits = { gigaflops: 2e-6, gigabytes: 1e-6 };

it('counts a product once, under whichever kernel it runs, and the bytes of its operands and result', () => {
  const [a, b] = [tf.ones([5, 3]), tf.ones([3, 4])];
  const found = rooflineOf(() => tf.tidy(() => void tf.matMul(a, b)), limits)!;
  expect(found.megaMultiplications).toBeCloseTo((5 * 3 * 4) / 1e6, 12);
  expect(found.megabytes).toBeCloseTo((4 * (15 + 12 + 20)) / 1e6, 12);
  // At 2 operations and 1 byte a millisecond memory takes longer: 188 against 60.
  expect(found.floorMs).toBeCloseTo(188, 9);
  tf.dispose([a, b]);
});

it('counts a product whose kernel keeps copies for its gradient', () => {
  const [x, w, b] = [tf.ones<tf.Rank.R2>([5, 3]), tf.ones<tf.Rank.R2>([3, 4]), tf.ones<tf.Rank.R1>([4])];
  const found = rooflineOf(
    () => tf.tidy(() => void tf.grads((each) => dense(each as tf.Tensor2D, w, b))([x])),
    limits,
  )!;
  // Forward and by x; nobody asks for the gradient by w.
  expect(found.megaMultiplications).toBeCloseTo((2 * 5 * 3 * 4) / 1e6, 12);
  tf.dispose([x, w, b]);
});

it('takes looked-up rows for a table, and nothing for a renaming', () => {
  const table = tf.ones<tf.Rank.R2>([100, 8]);
  const rows = tf.tensor1d([1, 2, 3], 'int32');
  const found = rooflineOf(() => tf.tidy(() => void tf.reshape(tf.gather(table, rows), [24])), limits)!;
  expect(found.megaMultiplications).toBe(0);
  expect(found.megabytes).toBeCloseTo((4 * (2 * 24 + 3)) / 1e6, 12);
  tf.dispose([table, rows]);
});
