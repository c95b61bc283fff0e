import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { createMode } from '../../mode';
import { dropout } from '.';
import { dropoutMask } from './mask';

it('keeps the input in evaluation and at rate 0, and scales what it keeps', async () => {
  await openBackend('cpu');
  tf.tidy(() => {
    const x = tf.ones<tf.Rank.R2>([40, 50]);
    const training = createMode('train', 7, 1);
    expect(dropout(x, 0.5, createMode('evaluate', 7, 1))).toBe(x);
    expect(dropout(x, 0, training)).toBe(x);
    const found = new Set(dropout(x, 0.75, training).dataSync());
    expect(found).toEqual(new Set([0, 4]));
  });
});

it('masks by seed, step and call, and with the rate asked for', async () => {
  await openBackend('cpu');
  tf.tidy(() => {
    const mask = (seed: number, step: number, call: number) => [
      ...dropoutMask([40, 50], 0.3, seed, step, call).dataSync(),
    ];
    const first = mask(1, 2, 3);
    expect(mask(1, 2, 3)).toEqual(first);
    for (const other of [mask(2, 2, 3), mask(1, 3, 3), mask(1, 2, 4)]) expect(other).not.toEqual(first);
    const dropped = first.filter((value) => value === 0).length / first.length;
    expect(dropped).toBeGreaterThan(0.25);
    expect(dropped).toBeLessThan(0.35);
  });
});
