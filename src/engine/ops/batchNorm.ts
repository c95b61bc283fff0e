import * as tf from '@tensorflow/tfjs-core';
import { matMul } from './matMul';

/** Added to variances. Not 1e-3: attention-pooled inputs have variances far below that. */
export const NORM_EPSILON = 1e-5;

export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/**
 * Weighted mean and (biased) variance over the rows, which lie along `rowAxis`; that axis is kept with length 1.
 * `x [B, f]`, `[B, N, f]` (rowAxis 0) or `[N, B, f]` (rowAxis 1); `weight [B, 1]`. Rows of weight 0 do not count.
 */
export function batchMoments(x: tf.Tensor, weight: tf.Tensor2D, rowAxis: 0 | 1 = 0): Moments {
  const rows = x.shape.map((length, axis) => (axis === rowAxis ? length : 1));
  const w = tf.reshape(weight, rows);
  const share = tf.div(w, tf.maximum(tf.sum(w), 1));
  const mean = tf.sum(tf.mul(x, share), rowAxis, true);
  const centred = tf.sub(x, mean);
  const variance = tf.sum(tf.mul(tf.square(centred), share), rowAxis, true);
  return { mean, variance };
}

/** `gamma * (x - mean) / sqrt(variance + 1e-5) + beta`; all four broadcast over `x`. */
export function normalise<T extends tf.Tensor>(
  x: T,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
): T {
  const scale = tf.mul(tf.rsqrt(tf.add(variance, NORM_EPSILON)), gamma);
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta);
}

/**
 * Moments per domain: `x [B, f]`, `oneHot [B, N]`, `weight [B, 1]`, to `mean`, `variance [N, f]` and `count [N, 1]`.
 * A domain without rows gets mean and variance 0 and count 0.
 */
export function domainMoments(
  x: tf.Tensor2D,
  oneHot: tf.Tensor2D,
  weight: tf.Tensor2D,
): Moments & { readonly count: tf.Tensor2D } {
  const share = tf.mul(oneHot, weight);
  const count = tf.reshape<tf.Rank.R2>(tf.sum(share, 0), [-1, 1]);
  const divisor = tf.maximum(count, 1);
  const shareByDomain = tf.transpose(share) as tf.Tensor2D;
  const mean = tf.div(matMul(shareByDomain, x), divisor);
  const centred = tf.sub(x, matMul(oneHot, mean as tf.Tensor2D));
  const variance = tf.div(matMul(shareByDomain, tf.square(centred) as tf.Tensor2D), divisor);
  return { mean, variance, count };
}
