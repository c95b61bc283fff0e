import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, defineOperations } from '../kernels/defineOperation';
import { momentsForward, momentsGradient } from '../kernels/moments';
import { batchNormInputGradient, scaleGradients } from '../kernels/normGradient';
import { normaliseForward } from '../kernels/normalise';
import { NORM_EPSILON, type RowAxis } from '../kernels/normLayout';
import { matMul } from './matMul';

export { NORM_EPSILON };

export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

const momentsOperation = defineOperations<'x' | 'weight', RowAxis>({
  name: 'EngineMoments',
  saveInputs: ['x', 'weight'],
  saveOutputs: [true, false],
  forward: (inputs, attributes) => momentsForward(inputs, attributes),
  gradient: ([dMean, dVariance], [x, weight, mean], attributes) => ({
    x: () =>
      momentsGradient(
        { x: x!, weight: weight!, mean: mean!, dMean: dMean!, dVariance: dVariance! },
        attributes,
      )[0]!,
    weight: () => tf.zerosLike(weight!),
  }),
});

/**
 * Weighted mean and (biased) variance over the rows, which lie along `rowAxis`; that axis is kept with length 1.
 * `x [B, f]`, `[B, N, f]` (rowAxis 0) or `[N, B, f]` (rowAxis 1); `weight [B, 1]`. Rows of weight 0 do not count; no
 * gradient reaches the weights. @throws RangeError where the rows differ.
 */
export function batchMoments(x: tf.Tensor, weight: tf.Tensor2D, rowAxis: 0 | 1 = 0): Moments {
  if (x.shape[rowAxis] !== weight.size) {
    throw new RangeError(
      `batchMoments got ${weight.size} weights for [${x.shape.join(', ')}] with rows on axis ${rowAxis}.`,
    );
  }
  const [mean, variance] = momentsOperation({ x, weight }, { rowAxis });
  return { mean: mean!, variance: variance! };
}

type NormNames = 'x' | 'mean' | 'variance' | 'gamma' | 'beta';

/** All five with statistics' shape but x; see `normalise`. */
const normaliseOperation = defineOperation<NormNames, RowAxis>({
  name: 'EngineNormalise',
  saveInputs: ['x', 'mean', 'variance', 'gamma'],
  forward: (inputs, attributes) => normaliseForward(inputs, attributes)[0]!,
  gradient: ([dy], [x, mean, variance, gamma], attributes) => {
    const rstd = tf.rsqrt(tf.add(variance!, NORM_EPSILON));
    const scale = tf.mul(rstd, gamma!);
    const [dGamma, dBeta] = scaleGradients({ dy: dy!, x: x!, mean: mean!, variance: variance! }, attributes);
    return {
      x: () => tf.mul(dy!, scale),
      mean: () => tf.neg(tf.mul(scale, dBeta!)),
      variance: () => tf.mul(tf.mul(tf.mul(scale, rstd), dGamma!), -0.5),
      gamma: () => tf.clone(dGamma!),
      beta: () => tf.clone(dBeta!),
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
  // The moments are no inputs of this operation: the gradient through them is part of its own.
  const run = tf.customGrad((...given) => {
    const [values, scale, shift] = given as unknown as readonly [tf.Tensor, tf.Tensor, tf.Tensor];
    const save = given[given.length - 1] as tf.GradSaveFunc;
    const asMean = (y: tf.Tensor): tf.Tensor => tf.reshape(y, mean.shape);
    save([values, mean, variance, scale, weight]);
    const inputs = { x: values, mean, variance, gamma: asMean(scale), beta: asMean(shift) };
    return {
      value: normaliseForward(inputs, { rowAxis })[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x0, mean0, variance0, gamma0, weight0] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const statistics = { dy, x: x0, mean: mean0, variance: variance0 };
        const [dGamma, dBeta, packed] = scaleGradients(statistics, { rowAxis });
        const rest = { gamma: asMean(gamma0), weight: weight0, packed: packed! };
        const dx = batchNormInputGradient({ ...statistics, ...rest }, { rowAxis })[0]!;
        return [dx, tf.reshape(dGamma!, gamma.shape), tf.reshape(dBeta!, beta.shape)];
      },
    };
  });
  return { output: run(x, gamma, beta) as T, mean, variance };
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
    return normaliseOperation(inputs, { rowAxis }) as T;
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
  const share = tf.mul(oneHot, weight);
  const count = tf.reshape<tf.Rank.R2>(tf.sum(share, 0), [-1, 1]);
  const divisor = tf.maximum(count, 1);
  const shareByDomain = tf.transpose(share) as tf.Tensor2D;
  const mean = tf.div(matMul(shareByDomain, x), divisor);
  const centred = tf.sub(x, matMul(oneHot, mean as tf.Tensor2D));
  const variance = tf.div(matMul(shareByDomain, tf.square(centred) as tf.Tensor2D), divisor);
  return { mean, variance, count };
}
