import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

/** Keeps the division finite where everything is masked. */
const EPSILON = 1e-8;

const operation = defineOperation({
  name: 'maskedNormalize',
  shapes: 'x: A,B,n; mask: A,B,n -> A,B,n | sum: A,B,1',
  forward: ({ x, mask }) => {
    const kept = tf.mul(x, mask);
    const sum = tf.add(tf.sum(kept, -1, true), EPSILON);
    return { y: tf.div(kept, sum), sum };
  },
  save: ['mask', 'y', 'sum'],
  constants: ['mask'],
  // Half the operations of the composed one.
  gradient: ({ dy, mask, y, sum }) => ({
    x: () => {
      const along = tf.sum(tf.mul(dy, y), -1, true);
      return tf.mul(mask, tf.div(tf.sub(dy, along), sum));
    },
  }),
});

/**
 * Weights under a mask, normalised along the last axis: `y = mask·x / (Σ mask·x + 1e-8)`, for `x` and `mask` (0 or 1) of shape
 * `[A, B, n]`. A fully masked row gives zeros. The gradient by x is `mask·(dy - Σ dy·y) / (Σ mask·x + 1e-8)`; no gradient
 * reaches the mask. @throws RangeError naming the shapes.
 */
export function maskedNormalize(x: tf.Tensor3D, mask: tf.Tensor3D): tf.Tensor3D {
  return operation({ x, mask });
}
