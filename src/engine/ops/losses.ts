/** Losses over rows; `weight [B, 1]` is 0 for rows that must not count. */
import * as tf from '@tensorflow/tfjs-core';
import { softplus } from './activations';
import { logSoftmaxLast } from './softmax';

/** Keeps logarithms of probabilities finite. */
export const PROBABILITY_EPSILON = 1e-7;

/** Weighted mean over rows: `sum(weight * q) / max(sum(weight), 1)`; `q`, `weight` `[B, 1]`, to a scalar. */
export function rowMean(q: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return tf.div(tf.sum(tf.mul(q, weight)), tf.maximum(tf.sum(weight), 1));
}

/** Binary cross-entropy of logits, row by row: `softplus(z) - y z`, `[B, 1]`. */
export function bceLogitsRows(logit: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(softplus(logit), tf.mul(label, logit));
}

/** Binary cross-entropy of probabilities, row by row, with 1e-7 inside the logarithms, `[B, 1]`. */
export function bceProbabilityRows(probability: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  const click = tf.mul(label, tf.log(tf.add(probability, PROBABILITY_EPSILON)));
  const rest = tf.mul(tf.sub(1, label), tf.log(tf.sub(1 + PROBABILITY_EPSILON, probability)));
  return tf.neg(tf.add(click, rest));
}

/** Mean binary cross-entropy of logits over weighted rows; a scalar. */
export function bceWithLogits(logit: tf.Tensor2D, label: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return rowMean(bceLogitsRows(logit, label), weight);
}

/** Mean binary cross-entropy of probabilities over weighted rows; a scalar. */
export function bceWithProbability(
  probability: tf.Tensor2D,
  label: tf.Tensor2D,
  weight: tf.Tensor2D,
): tf.Scalar {
  return rowMean(bceProbabilityRows(probability, label), weight);
}

/** Mean cross-entropy over weighted rows: `logits [B, N]`, `oneHot [B, N]`, `weight [B, 1]`; a scalar. */
export function crossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return rowMean(tf.neg(tf.sum(tf.mul(oneHot, logSoftmaxLast(logits)), 1, true)), weight);
}
