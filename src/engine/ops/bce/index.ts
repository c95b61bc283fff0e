/** Binary cross-entropy over rows; `weight [B, 1]` is 0 for rows that must not count. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { logOdds } from '../logOdds';
import { weightedMean } from '../weightedMean';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** `dy (sigmoid(z) - y)`. */
const byLogit = defineOperation({
  name: 'bceLogitsRowsGradient',
  shapes: 'dy: B,1; logit: B,1; label: B,1 -> B,1',
  loop: {
    host: ({ dy, logit, label }, out) => {
      for (let b = 0; b < out.length; b++) out[b] = dy[b]! * (sigmoid(logit[b]!) - label[b]!);
    },
    device: () => 'result[index] = dy[index] * (1.0 / (1.0 + exp(-logit[index])) - label[index]);',
  },
});

const ofLogits = defineOperation({
  name: 'bceLogitsRows',
  shapes: 'logit: B,1; label: B,1 -> B,1',
  loop: {
    host: ({ logit, label }, out) => {
      for (let b = 0; b < out.length; b++) {
        const z = logit[b]!;
        out[b] = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - label[b]! * z;
      }
    },
    device: () => `
      let z = logit[index];
      result[index] = max(z, 0.0) + log(1.0 + exp(-abs(z))) - label[index] * z;`,
  },
  save: ['logit', 'label'],
  gradient: ({ dy, logit, label }) => ({
    logit: () => byLogit({ dy, logit, label }),
    label: () => tf.neg(tf.mul(dy, logit)),
  }),
});

/** Binary cross-entropy of logits, row by row: `softplus(z) - y z`, `[B, 1]`. @throws RangeError naming the shapes. */
export function bceLogitsRows(logit: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  return ofLogits({ logit, label });
}

/** Keeps logarithms of probabilities finite. */
export const PROBABILITY_EPSILON = 1e-7;

const ONE = 1 + PROBABILITY_EPSILON;

/** `dy ((1 - y) / (1 - p + eps) - y / (p + eps))`. */
const byProbability = defineOperation({
  name: 'bceProbabilityRowsGradient',
  shapes: 'dy: B,1; probability: B,1; label: B,1 -> B,1',
  loop: {
    host: ({ dy, probability, label }, out) => {
      for (let b = 0; b < out.length; b++) {
        const [p, y] = [probability[b]!, label[b]!];
        out[b] = dy[b]! * ((1 - y) / (ONE - p) - y / (p + PROBABILITY_EPSILON));
      }
    },
    device: () => `
      let p = probability[index];
      let y = label[index];
      result[index] = dy[index] * ((1.0 - y) / (${ONE} - p) - y / (p + ${PROBABILITY_EPSILON}));`,
  },
});

const ofProbabilities = defineOperation({
  name: 'bceProbabilityRows',
  shapes: 'probability: B,1; label: B,1 -> B,1',
  loop: {
    host: ({ probability, label }, out) => {
      for (let b = 0; b < out.length; b++) {
        const [p, y] = [probability[b]!, label[b]!];
        out[b] = -(y * Math.log(p + PROBABILITY_EPSILON) + (1 - y) * Math.log(ONE - p));
      }
    },
    device: () => `
      let p = probability[index];
      let y = label[index];
      result[index] = -(y * log(p + ${PROBABILITY_EPSILON}) + (1.0 - y) * log(${ONE} - p));`,
  },
  save: ['probability', 'label'],
  gradient: ({ dy, probability, label }) => ({
    probability: () => byProbability({ dy, probability, label }),
    label: () => tf.neg(tf.mul(dy, logOdds(probability))),
  }),
});

/**
 * Binary cross-entropy of probabilities, row by row, with 1e-7 inside the logarithms, `[B, 1]`.
 * @throws RangeError naming the shapes.
 */
export function bceProbabilityRows(probability: tf.Tensor2D, label: tf.Tensor2D): tf.Tensor2D {
  return ofProbabilities({ probability, label });
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

/** `dy weight sigmoid'(z)`. */
const ofGradient = defineOperation({
  name: 'bceLogitsGradientGradient',
  shapes: 'dy: B,1; logit: B,1; weight: B,1 -> B,1',
  loop: {
    host: ({ dy, logit, weight }, out) => {
      for (let b = 0; b < out.length; b++) {
        const p = sigmoid(logit[b]!);
        out[b] = dy[b]! * weight[b]! * p * (1 - p);
      }
    },
    device: () => `
      let p = 1.0 / (1.0 + exp(-logit[index]));
      result[index] = dy[index] * weight[index] * p * (1.0 - p);`,
  },
});

const gradientOfLogits = defineOperation({
  name: 'bceLogitsGradient',
  shapes: 'logit: B,1; label: B,1; weight: B,1 -> B,1',
  loop: {
    host: ({ logit, label, weight }, out) => {
      for (let b = 0; b < out.length; b++) out[b] = weight[b]! * (sigmoid(logit[b]!) - label[b]!);
    },
    device: () => 'result[index] = weight[index] * (1.0 / (1.0 + exp(-logit[index])) - label[index]);',
  },
  save: ['logit', 'weight'],
  constants: ['label', 'weight'],
  gradient: ({ dy, logit, weight }) => ({ logit: () => ofGradient({ dy, logit, weight }) }),
});

/**
 * Gradient of the cross-entropy of a click by its logit, as a value that a loss may contain: `weight (sigmoid(z) - y)`, row by
 * row, all `[B, 1]`. Differentiable by the logit. @throws RangeError naming the shapes.
 */
export function bceLogitsGradient(logit: tf.Tensor2D, label: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return gradientOfLogits({ logit, label, weight });
}
