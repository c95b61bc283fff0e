import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { as3, testOperation } from '../../testing/operation';
import { maskedNormalize } from '.';

/** Weights away from 0, and a mask that cuts a third of them and one row whole. */
const positive = (x: tf.Tensor | undefined): tf.Tensor3D => tf.add(tf.abs(as3(x)), 0.5);
const mask = (): tf.Tensor3D =>
  tf.tensor3d(
    Array.from({ length: 24 }, (_, i) => (i % 3 === 0 || (i >= 8 && i < 12) ? 0 : 1)),
    [2, 3, 4],
  );

testOperation({
  maskedNormalize: {
    ours: (x) => maskedNormalize(positive(x), mask()),
    spelled: (x) => {
      const kept = tf.mul(positive(x), mask());
      return tf.div(kept, tf.add(tf.sum(kept, -1, true), 1e-8));
    },
    shapes: [[2, 3, 4]],
    // A value near the kink of `abs` changes sign.
    differences: false,
  },
});

describe('weights under a mask', () => {
  beforeAll(async () => {
    await openBackend('cpu');
  });

  const cases = fc.record({
    gates: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 24, maxLength: 24 }),
    mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 24, maxLength: 24 }),
    dy: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
  });

  it('sum to 1 where any input is active, else to 0; cut inputs get nothing', () => {
    fc.assert(
      fc.property(cases, ({ gates, mask: cut }) => {
        const [shares, soft] = tf.tidy(() => {
          const given = tf.softmax(tf.tensor3d(gates, [2, 3, 4]));
          const out = maskedNormalize(given, tf.tensor3d(cut, [2, 3, 4]));
          return [out.dataSync<'float32'>(), given.dataSync<'float32'>()] as const;
        });
        for (let row = 0; row < 6; row++) {
          const active = cut.slice(row * 4, row * 4 + 4);
          const sum = shares.slice(row * 4, row * 4 + 4).reduce((all, share) => all + share, 0);
          // Not quite 1 where what is left is small: 1e-8 is added below.
          const left = active.reduce((all, kept, i) => all + kept * soft[row * 4 + i]!, 0);
          expect(sum).toBeCloseTo(left / (left + 1e-8), 5);
          if (left > 0.01) expect(sum).toBeCloseTo(1, 5);
          active.forEach((kept, i) => {
            if (!kept) expect(shares[row * 4 + i]).toBe(0);
          });
        }
      }),
    );
  });

  it('have the gradient of the composed form', () => {
    fc.assert(
      fc.property(cases, ({ gates, mask: cut, dy }) => {
        tf.tidy(() => {
          const kept = tf.tensor3d(cut, [2, 3, 4]);
          const way = tf.tensor3d(dy, [2, 3, 4]);
          const g = tf.softmax(tf.tensor3d(gates, [2, 3, 4]));
          const ours = tf.grad((x: tf.Tensor) =>
            tf.sum(tf.mul(maskedNormalize(x as tf.Tensor3D, kept), way)),
          )(g);
          const composed = tf.grad((x: tf.Tensor) => {
            const product = tf.mul(x, kept);
            return tf.sum(tf.mul(tf.div(product, tf.add(tf.sum(product, 2, true), 1e-8)), way));
          })(g);
          const wanted = composed.dataSync();
          const size = Math.max(1, ...wanted.map(Math.abs));
          ours
            .dataSync()
            .forEach((value, at) => expect(Math.abs(value - wanted[at]!) / size).toBeLessThan(1e-4));
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are the weights themselves under a mask of ones (AREAD’s Eq 4 is its Eq 3)', () => {
    tf.tidy(() => {
      const gates = tf.softmax<tf.Tensor3D>(tf.randomNormal([5, 3, 4], 0, 1, 'float32', 3));
      const shares = maskedNormalize(gates, tf.ones([5, 3, 4])).dataSync();
      gates.dataSync().forEach((gate, at) => expect(shares[at]).toBeCloseTo(gate, 6));
    });
  });
});
