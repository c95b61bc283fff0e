/** Orthogonality between a row's representations in different scenarios (Eq 9). */
import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul } from '../../../engine';

/** Keeps the length of a representation that ReLU silenced away from 0. */
const LENGTH_FLOOR = 1e-8;

/** Representations of length 1 `[N, B, R]`. */
export function unitRepresentations(r: tf.Tensor3D): tf.Tensor3D {
  return tf.mul(r, tf.rsqrt(tf.add(tf.sum(tf.square(r), 2, true), LENGTH_FLOOR)));
}

/**
 * Mean over the N(N−1) ordered pairs of a row's cosines (or squared cosines) `[B, 1]`. The sum of cosines needs no pair:
 * Σ_{i≠j} u_i·u_j = ‖Σ u_i‖² − Σ ‖u_i‖².
 */
export function pairCosines(r: tf.Tensor3D, mode: 'sum' | 'square'): tf.Tensor2D {
  const [scenarios, batch] = r.shape;
  const unit = unitRepresentations(r);
  const squaredLengths = tf.sum<tf.Tensor2D>(tf.square(unit), 2);
  const divisor = scenarios * (scenarios - 1);
  const column = (rows: tf.Tensor): tf.Tensor2D => tf.reshape(tf.div(rows, divisor), [batch, 1]);
  if (mode === 'sum') {
    const together = tf.sum(tf.square(tf.sum(unit, 0)), 1);
    return column(tf.sub(together, tf.sum(squaredLengths, 0)));
  }
  const byRow = tf.transpose(unit, [1, 0, 2]);
  const cosines = batchMatMul(byRow, tf.transpose(byRow, [0, 2, 1]));
  const all = tf.sum(tf.reshape(tf.square(cosines), [batch, scenarios * scenarios]), 1);
  return column(tf.sub(all, tf.sum(tf.square(squaredLengths), 0)));
}
