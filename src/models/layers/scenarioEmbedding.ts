/** A vector a scenario, for networks that must know the scenario whether or not the data has a field for it. */
import type * as tf from '@tensorflow/tfjs-core';
import { routeRows } from '../../engine';
import type { Parameter, VariableFactory } from '../../engine';

const DEVIATION = 0.1;

export interface ScenarioEmbedding {
  /** `[N, d]`. */
  readonly weight: Parameter<tf.Tensor2D>;
  /** Each row's scenario's: one-hot `[B, N]` to `[B, d]`. */
  rows(scenarioOneHot: tf.Tensor2D): tf.Tensor2D;
}

/** `<name>.embedding [N, d]`, N(0, 0.1²). */
export function createScenarioEmbedding(
  variables: VariableFactory,
  name: string,
  scenarios: number,
  width: number,
): ScenarioEmbedding {
  const shape = [scenarios, width] as const;
  const initial = variables.normal(`${name}.embedding`, shape, 0, DEVIATION);
  const weight = variables.parameter(`${name}.embedding`, 'weight', shape, initial);
  return { weight, rows: (scenarioOneHot) => routeRows(weight.tensor, scenarioOneHot) };
}
