/** How bias nets answer the fairness coefficient, for the probes: each expert's factor at coefficients from low to high. */
import * as tf from '@tensorflow/tfjs-core';
import { createMode, oneHotRows, sigmoid } from '../../../engine';
import type { StateTensor } from '../../../engine';
import type { Inputs } from '../../definition';
import { biasInput, type ExpertLogits } from './network';

/** Coefficients at which bias nets are asked, over the range that limits leave by default. */
export const COEFFICIENTS = [0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10] as const;

/** σ(u) of every expert of every scenario, own ones first, at every coefficient `[N, coefficients, m_k + m_s]`. */
export function biasFactors(
  bias: ExpertLogits,
  boundaries: StateTensor | null,
  inputs: Inputs,
  scenarios: number,
): tf.Tensor3D {
  const points = COEFFICIENTS.length;
  const rows = scenarios * points;
  const coefficient = tf.tile<tf.Tensor2D>(tf.tensor2d([...COEFFICIENTS], [points, 1]), [scenarios, 1]);
  const asked = tf.range(0, rows, 1, 'int32');
  const ofScenario = tf.floorDiv<tf.Tensor1D>(asked, tf.scalar(points, 'int32'));
  const of: Inputs = {
    ...inputs,
    batch: rows,
    scenarioOneHot: oneHotRows(ofScenario, scenarios),
    weight: tf.ones([rows, 1]),
  };
  const x = biasInput(coefficient, boundaries);
  const u = bias.apply({ own: x, shared: x }, of, createMode('evaluate', 0, 0));
  return tf.reshape(sigmoid(u), [scenarios, points, u.shape[1]]);
}

/** Factors of every expert at every coefficient `[m_s + N m_k, coefficients]`, shared experts first. @param own m_k */
export function factorsByExpert(factors: tf.Tensor3D, own: number): tf.Tensor2D {
  const [scenarios, points, experts] = factors.shape;
  const byExpert = tf.transpose(factors, [0, 2, 1]);
  const ofOwn = tf.slice(byExpert, [0, 0, 0], [scenarios, own, points]);
  const ofShared = tf.slice(byExpert, [0, own, 0], [1, experts - own, points]);
  return tf.concat2d(
    [tf.reshape(ofShared, [experts - own, points]), tf.reshape(ofOwn, [scenarios * own, points])],
    0,
  );
}
