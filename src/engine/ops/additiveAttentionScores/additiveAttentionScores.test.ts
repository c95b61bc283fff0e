import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { as2, as3, testOperation, values, type OperationCase } from '../../testing/operation';
import { additiveAttentionScores } from '.';

const hidden = (units: number): OperationCase => ({
  ours: (a, p, v) => additiveAttentionScores(as3(a), as3(p), as2(v)),
  spelled: (a, p, v) => {
    const active = tf.relu(tf.add(tf.expandDims(a, 2), tf.expandDims(p, 1)));
    return tf.sum(tf.mul(active, tf.reshape(v, [1, 1, 1, units])), 3);
  },
  shapes: [
    [5, 3, units],
    [5, 2, units],
    [units, 1],
  ],
  // A unit of 180 may lie within a step of its kink.
  differences: false,
});

testOperation({ 'four hidden units': hidden(4), 'six hidden units': hidden(6) });

it('equals the network over every pair', async () => {
  await openBackend('cpu');
  const a = values<tf.Rank.R3>([2, 3, 4], 1).arraySync();
  const p = values<tf.Rank.R3>([2, 2, 4], 2).arraySync();
  const v = values<tf.Rank.R2>([4, 1], 3).arraySync();
  const found = additiveAttentionScores(tf.tensor3d(a), tf.tensor3d(p), tf.tensor2d(v)).arraySync();
  a.forEach((rows, b) =>
    rows.forEach((x, j) =>
      p[b]!.forEach((y, k) => {
        const expected = x.reduce((sum, value, q) => sum + Math.max(0, value + y[q]!) * v[q]![0]!, 0);
        expect(found[b]![j]![k]).toBeCloseTo(expected, 5);
      }),
    ),
  );
});
