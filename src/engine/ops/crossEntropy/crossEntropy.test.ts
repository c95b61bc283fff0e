import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { as2, oneHot, oneHotOf, testOperation, values, type OperationCase } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { crossEntropy } from '.';

testAgainstPyTorch({
  crossEntropy: ({ logits, oneHot: targets, weight }) => crossEntropy(as2(logits), as2(targets), as2(weight)),
});

const rowWeight = (): tf.Tensor2D => tf.tensor2d([1, 1, 0, 1, 0.5], [5, 1]);

const of = (targets: () => tf.Tensor2D, shape: [number, number]): OperationCase => ({
  ours: (z) => crossEntropy(as2(z), targets(), rowWeight()),
  spelled: (z) => {
    const rows = tf.neg(tf.sum(tf.mul(targets(), tf.logSoftmax(z)), 1, true));
    return tf.div(tf.sum(tf.mul(rows, rowWeight())), tf.sum(rowWeight()));
  },
  shapes: [shape],
});

testOperation({
  'cross-entropy of a softmax': of(oneHot, [5, 3]),
  // Four values at a time, and what is left of a row: nothing to three.
  ...Object.fromEntries(
    [20, 37, 18, 355].map((classes) => [
      `cross-entropy over ${classes} classes`,
      of(() => oneHotOf(5, classes), [5, classes]),
    ]),
  ),
  'cross-entropy of targets that are no one-hot': of(
    () => tf.softmax(values<tf.Rank.R2>([5, 23], 4)),
    [5, 23],
  ),
});

describe.each(['cpu', 'wasm'] as const)('cross-entropy over many classes on %s', (backend) => {
  beforeAll(() => openBackend(backend));

  const loss = (z: tf.Tensor2D) => crossEntropy(z, oneHotOf(5, 21), rowWeight()).dataSync()[0]!;

  it('holds out against logits that are large', () => {
    const z = values<tf.Rank.R2>([5, 21], 2);
    expect(loss(tf.add(z, 3e4))).toBeCloseTo(loss(z), 2);
    expect(loss(tf.mul(z, 1e4))).toBeGreaterThan(1e3);
  });

  it('is no number where a logit is none', () => {
    const z = values<tf.Rank.R2>([5, 21], 2);
    const broken = tf.concat<tf.Tensor2D>([tf.fill([5, 20], 1), tf.fill([5, 1], NaN)], 1);
    expect(loss(tf.add(z, broken))).toBeNaN();
  });
});
