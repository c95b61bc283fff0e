/**
 * The heads' prediction and losses (Eq 6–9).
 *
 * z `[B, H]` are the heads' logits, K `[B, H]` the active ones of each row's scenario.
 */
import * as tf from '@tensorflow/tfjs-core';
import { matMul, withGradient } from '../../../engine';
import type { StateTensor } from '../../../engine';

/** Keeps logarithms of the averaged probability finite. */
const EPSILON = 1e-7;

export interface Heads {
  /** K: 1 where the row's mask reaches the head (Eq 7) `[B, H]`. */
  readonly active: tf.Tensor2D;
  /** K / Σ K `[B, H]`. */
  readonly share: tf.Tensor2D;
  /** σ(z) `[B, H]`. */
  readonly sigmoid: tf.Tensor2D;
  /** Σ K σ(z) / Σ K (Eq 9) `[B, 1]`. */
  readonly probability: tf.Tensor2D;
  /** log(1 - p + 1e-7) `[B, 1]`. */
  readonly logRest: tf.Tensor2D;
  /** log(p + 1e-7) - log(1 - p + 1e-7) `[B, 1]`. */
  readonly logit: tf.Tensor2D;
}

/** @param mask the last transition's masks `[N, N_{H-1}, N_H]`. */
export function readHeads(z: tf.Tensor2D, mask: StateTensor, scenarioOneHot: tf.Tensor2D): Heads {
  const byScenario = tf.max<tf.Tensor2D>(mask.tensor, 1);
  const count = tf.maximum(tf.sum(byScenario, 1, true), 1);
  const active = matMul(scenarioOneHot, byScenario);
  const share = matMul(scenarioOneHot, tf.div(byScenario, count));
  const sigmoid = tf.sigmoid(z);
  const probability = tf.sum<tf.Tensor2D>(tf.mul(share, sigmoid), 1, true);
  const logRest = tf.log(tf.sub<tf.Tensor2D>(1 + EPSILON, probability));
  const logit = tf.sub<tf.Tensor2D>(tf.log(tf.add(probability, EPSILON)), logRest);
  return { active, share, sigmoid, probability, logRest, logit };
}

/**
 * Both losses at once `[1, 2]`: binary cross-entropy of the averaged prediction (Eq 6), and of each active head, summed
 * (Eq 8) or averaged; means over rows of weight 1.
 *
 * The gradient by z is written out, since the composed one takes twice the dispatches:
 * `dz = r·( dA·share·σ(1-σ)·((1-y)/(1-p+ε) - y/(p+ε)) + dB·k·(σ-y) )` with r the row's share of the mean and k = K or
 * K / Σ K. Masks, labels and weights get none.
 */
export function headLosses(
  z: tf.Tensor2D,
  heads: Heads,
  label: tf.Tensor2D,
  weight: tf.Tensor2D,
  bagging: 'sum' | 'mean',
): tf.Tensor2D {
  const rows = weight.shape[0];
  const { share, sigmoid, probability, logRest, logit } = heads;
  const perHead = bagging === 'sum' ? heads.active : share;
  return withGradient(
    z,
    (given) => {
      const average: tf.Tensor2D = tf.neg(tf.add(logRest, tf.mul(label, logit)));
      const each = tf.sub(tf.softplus(given), tf.mul(label, given));
      const summed: tf.Tensor2D = tf.sum(tf.mul(perHead, each), 1, true);
      const rowShare = tf.div(weight, tf.maximum(tf.sum(weight), 1));
      const value = matMul(tf.reshape(rowShare, [1, rows]), tf.concat([average, summed], 1));
      return { value, saved: { share, sigmoid, probability, perHead, rowShare, label } };
    },
    gradient,
  );
}

type Saved = Pick<Heads, 'share' | 'sigmoid' | 'probability'> &
  Record<'perHead' | 'rowShare' | 'label', tf.Tensor>;

function gradient(
  dy: tf.Tensor2D,
  { share, sigmoid, probability, perHead, rowShare, label }: Saved,
): tf.Tensor {
  const byAverage = tf.slice(dy, [0, 0], [1, 1]);
  const byHeads = tf.slice(dy, [0, 1], [1, 1]);
  const slope = tf.sub(
    tf.div(tf.sub(1, label), tf.sub(1 + EPSILON, probability)),
    tf.div(label, tf.add(probability, EPSILON)),
  );
  const ofAverage = tf.mul(tf.mul(share, tf.mul(sigmoid, tf.sub(1, sigmoid))), tf.mul(slope, byAverage));
  const ofHeads = tf.mul(tf.mul(perHead, tf.sub(sigmoid, label)), byHeads);
  return tf.mul(tf.add(ofAverage, ofHeads), rowShare);
}
