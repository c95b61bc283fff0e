/** Gradients of the scenarios' losses by the shared representation, and their regulariser (Eq 12, 13). */
import * as tf from '@tensorflow/tfjs-core';
import { bceLogitsGradient, gramSchmidtDistance, matMul, stopGradient, sumByRoute } from '../../../engine';
import type { DataShape, Inputs } from '../../definition';
import { createScenarioSampler, type ScenarioSampler } from '../../layers';
import type { Fused } from './fusion';
import { LENGTH_FLOOR } from './representation';
import type { CausalIntSettings } from './settings';

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

/** Loss_orth^all (Eq 13) of gradients `[N, M]` in their order, or of the rows of them that `order [n, N]` picks, in its own. */
export function conflictLoss(
  gradients: tf.Tensor2D,
  { orthNorm, orNorm }: Pick<CausalIntSettings, 'orthNorm' | 'orNorm'>,
  order: tf.Tensor2D | null,
): tf.Scalar {
  const rows = order ? matMul(order, gradients) : gradients;
  if (orthNorm === 'raw') return gramSchmidtDistance(rows, orNorm);
  const squared = tf.sum(tf.square(rows), 1, true);
  const length = tf.sqrt(tf.add(stopGradient(squared), LENGTH_FLOOR));
  return gramSchmidtDistance(tf.div(rows, length), orNorm);
}

/** Scenarios by training rows, most first; of equals, as the dataset lists them. */
function byTraffic({ scenarios, scenarioRows }: Compared): number[] {
  const all = Array.from({ length: scenarios }, (_, n) => n);
  return all.sort((a, b) => (scenarioRows[b] ?? 0) - (scenarioRows[a] ?? 0));
}

type Compared = Pick<DataShape, 'scenarios' | 'scenarioRows'>;

/** The same scenarios every step, in one order, as a matrix of ones `[N, N]`. */
function createFixedOrder(order: readonly number[]): ScenarioSampler {
  const scenarios = order.length;
  const values = new Float32Array(scenarios * scenarios);
  order.forEach((scenario, k) => (values[k * scenarios + scenario] = 1));
  const picks = tf.keep(tf.tensor2d(values, [scenarios, scenarios]));
  return { draw: () => picks, dispose: () => picks.dispose() };
}

/** Which scenarios a step compares and in what order; null where it is all of them as the dataset lists them. */
export function createComparedScenarios(
  shape: Compared,
  order: CausalIntSettings['orOrder'],
): ScenarioSampler | null {
  const { scenarios } = shape;
  if (scenarios > ALL_SCENARIOS_UP_TO) return createScenarioSampler(scenarios, SAMPLED_SCENARIOS);
  if (order === 'random') return scenarios > 1 ? createScenarioSampler(scenarios, scenarios) : null;
  if (order === 'dataset') return null;
  const traffic = byTraffic(shape);
  const chosen = order === 'traffic' ? traffic : traffic.reverse();
  return chosen.every((scenario, k) => scenario === k) ? null : createFixedOrder(chosen);
}
