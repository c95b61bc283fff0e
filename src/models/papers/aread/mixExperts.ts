import * as tf from '@tensorflow/tfjs-core';

/**
 * Mixes one layer's experts into the next one's inputs, row by row: `out[n, b] = Σ_i weights[b, n, i] · experts[i, b]`.
 *
 * @param experts `[I, B, h]`; @param weights `[B, N, I]`; @returns `[N, B, h]`.
 */
export function mixExperts(experts: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  const byExpert = tf.expandDims(tf.transpose(weights, [1, 2, 0]), 3);
  return tf.sum(tf.mul(byExpert, tf.expandDims(experts, 0)), 1);
}
