/** Gradients of the scenarios' losses by the shared representation, and their regulariser (Eq 12, 13). */
import * as tf from '@tensorflow/tfjs-core';
import { bceLogitsGradient, gramSchmidtDistance, matMul, stopGradient, sumByRoute } from '../../../engine';
import type { Inputs } from '../../definition';
import { createScenarioSampler, type ScenarioSampler } from '../../layers';
import type { Fused } from './fusion';
import { LENGTH_FLOOR } from './representation';

/** With more scenarios than this, a step compares a sample of them. */
const ALL_SCENARIOS_UP_TO = 10;
export const SAMPLED_SCENARIOS = 8;

/** ∂Loss^d/∂z of each row that counts: `rw (sigmoid(z) − y)` `[B, 1]`. */
export function lossSlope(logit: tf.Tensor2D, { label, weight }: Inputs): tf.Tensor2D {
  return bceLogitsGradient(logit, label, weight);
}

/** Rows of each scenario that count `[N, 1]`. */
export function scenarioCounts({ scenarioOneHot, weight }: Inputs): tf.Tensor2D {
  return sumByRoute(weight, scenarioOneHot);
}

/**
 * g^d: mean over the rows of scenario d of ∇_X Loss^d `[N, M]`; zeros where a scenario has no rows.
 *
 * A mean, since the rows of different scenarios are different rows: a basis per row would have one vector each.
 */
export function scenarioGradients(fused: Fused, inputs: Inputs): tf.Tensor2D {
  const sums = fused.scenarioSum(lossSlope(fused.logit, inputs));
  return tf.div(sums, tf.maximum(scenarioCounts(inputs), 1));
}

/** Loss_orth^all of gradients `[N, M]`, or of the sampled rows `sample [n, N]` of them. */
export function conflictLoss(
  gradients: tf.Tensor2D,
  norm: 'raw' | 'unit',
  sample: tf.Tensor2D | null,
): tf.Scalar {
  const rows = sample ? matMul(sample, gradients) : gradients;
  if (norm === 'raw') return gramSchmidtDistance(rows);
  const squared = tf.sum(tf.square(rows), 1, true);
  const length = tf.sqrt(tf.add(stopGradient(squared), LENGTH_FLOOR));
  return gramSchmidtDistance(tf.div(rows, length));
}

/** Draws the scenarios that a step compares; null where every scenario takes part. */
export function createComparedScenarios(scenarios: number): ScenarioSampler | null {
  return scenarios <= ALL_SCENARIOS_UP_TO ? null : createScenarioSampler(scenarios, SAMPLED_SCENARIOS);
}
