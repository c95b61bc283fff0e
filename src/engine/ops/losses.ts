/** Losses over rows; `weight [B, 1]` is 0 for rows that must not count. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { crossEntropyRows, crossEntropyRowsGradient } from '../kernels/crossEntropy';
import {
  bceProbability,
  bceProbabilityGradient,
  bceRows,
  bceRowsGradient,
  PROBABILITY_EPSILON,
  weightedMean as weightedMeanForward,
  weightedMeanGradient,
} from '../kernels/rows';
import { logOdds } from './activations';
import { logSoftmaxLast } from './softmax';

export { PROBABILITY_EPSILON };

const meanOperation = defineOperation<'q' | 'weight'>({
  name: 'EngineRowMean',
  saveInputs: ['q', 'weight'],
  forward: (inputs) => weightedMeanForward(inputs, {}),
  gradient: ([dy], [q, weight]) => ({
    q: () => tf.reshape(weightedMeanGradient({ dy: dy!, weight: weight! }, {}), q!.shape),
    weight: () => tf.zerosLike(weight!),
  }),
});

/**
 * Weighted mean over rows: `sum(weight * q) / max(sum(weight), 1)`; `q`, `weight` `[B, 1]`, to a scalar. No gradient reaches
 * the weights. @throws RangeError where the rows differ.
 */
export function weightedMean(q: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  if (q.size !== weight.size) {
    throw new RangeError(
      `weightedMean got ${q.size} values and ${weight.size} weights; it needs one value a row.`,
    );
  }
  return tf.reshape(meanOperation({ q, weight }, {}), []);
}

const bceOperation = defineOperation<'logit' | 'label'>({
  name: 'EngineBce',
  saveInputs: ['logit', 'label'],
  forward: (inputs) => bceRows(inputs, {}),
  gradient: ([dy], [logit, label]) => ({
    logit: () => bceRowsGradient({ dy: dy!, logit: logit!, label: label! }, {}),
    label: () => tf.neg(tf.mul(dy!, logit!)),
  }),
});

/** Binary cross-entropy of logits, row by row: `softplus(z) - y z`, `[B, 1]`. @throws RangeError where the rows differ. */
export function bceLogitsRows(logit: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  if (logit.size !== label.size) {
    throw new RangeError(
      `Binary cross-entropy got ${logit.size} logits and ${label.size} labels; it needs one label a logit.`,
    );
  }
  return bceOperation({ logit, label }, {}) as tf.Tensor2D;
}

const bceProbabilityOperation = defineOperation<'probability' | 'label'>({
  name: 'EngineBceOfProbability',
  saveInputs: ['probability', 'label'],
  forward: (inputs) => bceProbability(inputs, {}),
  gradient: ([dy], [probability, label]) => ({
    probability: () => bceProbabilityGradient({ dy: dy!, probability: probability!, label: label! }, {}),
    label: () => tf.neg(tf.mul(dy!, logOdds(probability!))),
  }),
});

/**
 * Binary cross-entropy of probabilities, row by row, with 1e-7 inside the logarithms, `[B, 1]`.
 * @throws RangeError where the rows differ.
 */
export function bceProbabilityRows(probability: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  if (probability.size !== label.size) {
    throw new RangeError(
      `Binary cross-entropy got ${probability.size} probabilities and ${label.size} labels.`,
    );
  }
  return bceProbabilityOperation({ probability, label }, {}) as tf.Tensor2D;
}

/** Mean binary cross-entropy of logits over weighted rows; a scalar. */
export function bceWithLogits(logit: tf.Tensor2D, label: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return weightedMean(bceLogitsRows(logit, label), weight);
}

/** Mean binary cross-entropy of probabilities over weighted rows; a scalar. */
export function bceWithProbability(
  probability: tf.Tensor2D,
  label: tf.Tensor2D,
  weight: tf.Tensor2D,
): tf.Scalar {
  return weightedMean(bceProbabilityRows(probability, label), weight);
}

const crossEntropyOperation = defineOperation<'logits' | 'oneHot'>({
  name: 'EngineCrossEntropy',
  saveInputs: ['logits', 'oneHot'],
  forward: (inputs) => crossEntropyRows(inputs, {}),
  gradient: ([dy], [logits, oneHot]) => ({
    logits: () => crossEntropyRowsGradient({ dy: dy!, logits: logits!, oneHot: oneHot! }, {}),
    oneHot: () => tf.neg(tf.mul(dy!, logSoftmaxLast(logits!))),
  }),
});

/**
 * Mean cross-entropy over weighted rows: `logits [B, N]`, `oneHot [B, N]`, `weight [B, 1]`; a scalar.
 * @throws RangeError where the shapes differ.
 */
export function crossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  if (logits.size !== oneHot.size) {
    throw new RangeError(
      `Cross-entropy got [${logits.shape.join(', ')}] and [${oneHot.shape.join(', ')}]; it needs one shape.`,
    );
  }
  return weightedMean(crossEntropyOperation({ logits, oneHot }, {}) as tf.Tensor2D, weight);
}
