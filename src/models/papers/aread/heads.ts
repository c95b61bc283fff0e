/**
 * The heads' prediction and losses (Eq 6–9).
 *
 * z `[B, H]` are the heads' logits, K `[B, H]` the active ones of each row's scenario.
 */
import * as tf from '@tensorflow/tfjs-core';
import { AVERAGE_EPSILON, ensembleBce, matMul } from '../../../engine';
import type { StateTensor } from '../../../engine';

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
  const logRest = tf.log(tf.sub<tf.Tensor2D>(1 + AVERAGE_EPSILON, probability));
  const logit = tf.sub<tf.Tensor2D>(tf.log(tf.add(probability, AVERAGE_EPSILON)), logRest);
  return { active, share, sigmoid, probability, logRest, logit };
}

/**
 * Both losses at once `[1, 2]`: binary cross-entropy of the averaged prediction (Eq 6), and of each active head, summed
 * (Eq 8) or averaged; means over rows of weight 1. Masks, labels and weights get no gradient.
 */
export function headLosses(
  z: tf.Tensor2D,
  heads: Heads,
  label: tf.Tensor2D,
  weight: tf.Tensor2D,
  bagging: 'sum' | 'mean',
): tf.Tensor2D {
  const { active, share, sigmoid, probability, logRest, logit } = heads;
  const perMember = bagging === 'sum' ? active : share;
  return ensembleBce({ z, sigmoid, share, perMember, probability, logRest, logit, label, weight });
}
