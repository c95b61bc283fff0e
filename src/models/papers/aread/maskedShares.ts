import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../../../engine';

const EPSILON = 1e-8;

/**
 * Gates under a mask (Eq 4): `G = M·g / (Σ M·g + 1e-8)` over the last axis. A fully masked row gives zeros.
 *
 * The gradient by the gates is written out, `M·(dG - Σ dG·G) / (Σ M·g + 1e-8)`: half the operations of the composed one.
 * Masks get none.
 *
 * @param gates `[B, N_l, N_{l-1}]`; @param mask the same shape, 0 or 1.
 */
export function maskedShares(gates: tf.Tensor3D, mask: tf.Tensor3D): tf.Tensor3D {
  return withGradient(
    gates,
    (given) => {
      const kept = tf.mul(given, mask);
      const sum: tf.Tensor3D = tf.add(tf.sum(kept, -1, true), EPSILON);
      const shares = tf.div<tf.Tensor3D>(kept, sum);
      return { value: shares, saved: { shares, sum, mask } };
    },
    (dy, saved) => {
      const along = tf.sum(tf.mul(dy, saved.shares), -1, true);
      return tf.mul(saved.mask, tf.div(tf.sub(dy, along), saved.sum));
    },
  );
}
