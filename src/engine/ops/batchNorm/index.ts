import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { routeRows, sumByRoute } from '../routeRows';
import { batchNormInputGradient, scaleGradients } from './gradients';
import { NORM_EPSILON, type RowAxis } from './layout';
import { moments } from './moments';
import { normaliseByColumns } from './normalise';

export { NORM_EPSILON };

export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/**
 * Weighted mean and (biased) variance over the rows, which lie along `rowAxis`; that axis is kept with length 1.
 * `x [B, f]`, `[B, N, f]` (rowAxis 0) or `[N, B, f]` (rowAxis 1); `weight [B, 1]`. Rows of weight 0 do not count; no
 * gradient reaches the weights. @throws RangeError where the rows differ.
 */
export function batchMoments(x: tf.Tensor, weight: tf.Tensor2D, rowAxis: 0 | 1 = 0): Moments {
  return moments({ x, weight }, { rowAxis });
}

const contracts = {
  0: 'x: B,...; gamma: any; beta: any; weight: B,1; mean: 1,...; variance: 1,... -> B,...',
  1: 'x: N,B,...; gamma: any; beta: any; weight: B,1; mean: N,1,...; variance: N,1,... -> N,B,...',
} as const;

/** Normalisation by the batch's own moments: they are constants here, the gradient through them is part of this one. */
const normalised = defineOperation({
  name: 'batchNorm',
  shapes: ({ rowAxis }: RowAxis) => contracts[rowAxis],
  forward: ({ x, gamma, beta, mean, variance }, { rowAxis }) => {
    const asMean = (y: tf.Tensor): tf.Tensor => tf.reshape(y, mean.shape);
    const columns = { mean, variance, gamma: asMean(gamma), beta: asMean(beta) };
    return normaliseByColumns({ x, ...columns }, { rowAxis });
  },
  save: ['x', 'mean', 'variance', 'gamma', 'beta', 'weight'],
  constants: ['mean', 'variance', 'weight'],
  gradient: ({ dy, x, mean, variance, gamma, beta, weight }, { rowAxis }) => {
    const statistics = { dy, x, mean, variance };
    const { dGamma, dBeta, packed } = scaleGradients(statistics, { rowAxis });
    return {
      x: () => {
        const scale = tf.reshape(gamma, mean.shape);
        return batchNormInputGradient({ ...statistics, gamma: scale, weight, packed }, { rowAxis });
      },
      gamma: () => tf.reshape(dGamma, gamma.shape),
      beta: () => tf.reshape(dBeta, beta.shape),
    };
  },
});

export interface BatchNormalised<T extends tf.Tensor> extends Moments {
  readonly output: T;
}

/**
 * Normalises by the batch's own moments (`batchMoments`), scales and shifts: one pass forward and one back, where
 * `normalise` of moments takes three. Shapes as there; `gamma` and `beta` have one value a column. The moments are
 * returned too, for moving statistics.
 */
export function batchNorm<T extends tf.Tensor>(
  x: T,
  weight: tf.Tensor2D,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  rowAxis: 0 | 1 = 0,
): BatchNormalised<T> {
  const { mean, variance } = batchMoments(x, weight, rowAxis);
  const output = normalised({ x, gamma, beta, weight, mean, variance }, { rowAxis }) as T;
  return { output, mean, variance };
}

/** The row axis along which `statistics` has length 1 beside `x`, if they have that one shape; else null. */
function rowAxisOf(x: tf.Tensor, statistics: tf.Tensor): 0 | 1 | null {
  if (statistics.rank !== x.rank) return null;
  for (const axis of [0, 1] as const) {
    const fits = x.shape.every((length, i) => statistics.shape[i] === (i === axis ? 1 : length));
    if (axis < x.rank - 1 && fits) return axis;
  }
  return null;
}

/** `gamma * (x - mean) / sqrt(variance + 1e-5) + beta`; all four broadcast over `x`. */
export function normalise<T extends tf.Tensor>(
  x: T,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
): T {
  const rowAxis = rowAxisOf(x, mean);
  const whole = mean.size;
  if (rowAxis !== null && variance.size === whole && gamma.size === whole && beta.size === whole) {
    const asMean = (y: tf.Tensor): tf.Tensor => tf.reshape(y, mean.shape);
    const inputs = { x, mean, variance: asMean(variance), gamma: asMean(gamma), beta: asMean(beta) };
    return normaliseByColumns(inputs, { rowAxis }) as T;
  }
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
  const share: tf.Tensor2D = tf.mul(oneHot, weight);
  const count = tf.reshape<tf.Rank.R2>(tf.sum(share, 0), [-1, 1]);
  const divisor = tf.maximum(count, 1);
  const mean: tf.Tensor2D = tf.div(sumByRoute(x, share), divisor);
  const centred: tf.Tensor2D = tf.sub(x, routeRows(mean, oneHot));
  const variance = tf.div(sumByRoute(tf.square(centred), share), divisor);
  return { mean, variance, count };
}
