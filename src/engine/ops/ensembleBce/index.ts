/** Binary cross-entropy of an ensemble: of the members' averaged probability, and of each member by itself. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../matMul';
import { defineOperation } from '../../operation/defineOperation';

/** Keeps logarithms of the averaged probability finite. */
export const AVERAGE_EPSILON = 1e-7;

const operation = defineOperation({
  name: 'ensembleBce',
  shapes:
    'z: B,H; sigmoid: B,H; share: B,H; perMember: B,H; probability: B,1; logRest: B,1; logit: B,1; label: B,1; weight: B,1 -> 1,2 | rowShare: B,1',
  forward: ({ z, perMember, logRest, logit, label, weight }, _, { B }) => {
    const average: tf.Tensor2D = tf.neg(tf.add(logRest, tf.mul(label, logit)));
    const each = tf.sub(tf.softplus(z), tf.mul(label, z));
    const summed: tf.Tensor2D = tf.sum(tf.mul(perMember, each), 1, true);
    const rowShare = tf.div(weight, tf.maximum(tf.sum(weight), 1));
    return { y: matMul(tf.reshape(rowShare, [1, B]), tf.concat([average, summed], 1)), rowShare };
  },
  save: ['sigmoid', 'share', 'perMember', 'probability', 'label', 'rowShare'],
  constants: ['sigmoid', 'share', 'perMember', 'probability', 'logRest', 'logit', 'label', 'weight'],
  // The composed one takes twice the dispatches.
  gradient: ({ dy, sigmoid, share, perMember, probability, label, rowShare }) => ({
    z: () => {
      const byAverage = tf.slice(dy, [0, 0], [1, 1]);
      const byMembers = tf.slice(dy, [0, 1], [1, 1]);
      const slope = tf.sub(
        tf.div(tf.sub(1, label), tf.sub(1 + AVERAGE_EPSILON, probability)),
        tf.div(label, tf.add(probability, AVERAGE_EPSILON)),
      );
      const ofAverage = tf.mul(tf.mul(share, tf.mul(sigmoid, tf.sub(1, sigmoid))), tf.mul(slope, byAverage));
      const ofMembers = tf.mul(tf.mul(perMember, tf.sub(sigmoid, label)), byMembers);
      return tf.mul(tf.add(ofAverage, ofMembers), rowShare);
    },
  }),
});

export interface EnsembleBceInputs {
  /** Logits of the members `[B, H]`. */
  readonly z: tf.Tensor2D;
  /** σ(z) `[B, H]`. */
  readonly sigmoid: tf.Tensor2D;
  /** Each member's share of the average; a row sums to 1 `[B, H]`. */
  readonly share: tf.Tensor2D;
  /** Weight of each member's own loss `[B, H]`. */
  readonly perMember: tf.Tensor2D;
  /** p = Σ share σ(z) `[B, 1]`. */
  readonly probability: tf.Tensor2D;
  /** log(1 - p + ε) `[B, 1]`. */
  readonly logRest: tf.Tensor2D;
  /** log(p + ε) - log(1 - p + ε) `[B, 1]`. */
  readonly logit: tf.Tensor2D;
  readonly label: tf.Tensor2D;
  readonly weight: tf.Tensor2D;
}

/**
 * Both losses at once `[1, 2]`: of the average p, and Σ perMember·BCE(σ(z)); means over rows by weight, as `weightedMean`.
 *
 * What is made of z beforehand (σ(z), p and its logarithms) comes as inputs, since a prediction needs them too; the gradient by
 * z counts them in: `dz = r·( dA·share·σ(1-σ)·((1-y)/(1-p+ε) - y/(p+ε)) + dB·perMember·(σ-y) )` with r the row's share of the
 * mean. Nothing else gets a gradient. @throws RangeError naming the shapes.
 */
export function ensembleBce(inputs: EnsembleBceInputs): tf.Tensor2D {
  return operation({ ...inputs });
}
