import * as tf from '@tensorflow/tfjs-core';
import { leakyRelu } from './activations';
import { matMul } from './matMul';

/**
 * Scores of all pairs of two sets by a network with one hidden layer whose input part is already split:
 * `sum_q relu(a[b, j, q] + p[b, k, q]) v[q]`.
 *
 * @param a `[B, J, q]`, @param p `[B, K, q]`, @param v `[q, 1]`
 * @returns `[B, J, K]`
 */
export function pairScores(a: tf.Tensor3D, p: tf.Tensor3D, v: tf.Tensor2D): tf.Tensor3D {
  const [batch, left, hidden] = a.shape;
  const right = p.shape[1];
  const active = leakyRelu(tf.add(tf.expandDims(a, 2), tf.expandDims(p, 1)), 0);
  const flat = tf.reshape<tf.Rank.R2>(active, [batch * left * right, hidden]);
  return tf.reshape(matMul(flat, v), [batch, left, right]);
}
