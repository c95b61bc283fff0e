import * as tf from '@tensorflow/tfjs-core';

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
  const run = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [given, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const kept = tf.mul(given, mask);
    const sum = tf.add(tf.sum(kept, -1, true), EPSILON);
    const shares = tf.div(kept, sum);
    save([shares, sum, mask]);
    return {
      value: shares,
      gradFunc: (dy: tf.Tensor, [savedShares, savedSum, savedMask]: tf.Tensor[]) => {
        const along = tf.sum(tf.mul(dy, savedShares!), -1, true);
        return tf.mul(savedMask!, tf.div(tf.sub(dy, along), savedSum!));
      },
    };
  });
  return run(gates) as tf.Tensor3D;
}
