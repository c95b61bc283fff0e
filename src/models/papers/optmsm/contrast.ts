/**
 * In which scenarios a step looks at a row. Up to `ALL_SCENARIOS_UP_TO` of them in all, as printed (Eq 6–9). Beyond, work and
 * memory of a step would grow with N: then in its own and, in training, in `contrastScenarios` more, drawn anew every step.
 * A mean over pairs of drawn scenarios is, over the steps, the mean over all pairs.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { ownAndDrawnRows, type Mode } from '../../../engine';
import { createScenarioSampler } from '../../layers';

export const ALL_SCENARIOS_UP_TO = 32;

/** A batch's rows once in every scenario that a step looks at: the row's own first, then those drawn. */
export interface Views {
  /** V */
  readonly count: number;
  /** Scenario of each row of each view, as one-hots `[V B, N]`. */
  readonly route: tf.Tensor2D;
}

export interface Contrast {
  /** The views of a batch with scenarios `oneHot [B, N]`. */
  views(oneHot: tf.Tensor2D, mode: Mode): Views;
  dispose(): void;
}

/**
 * Null where a step looks at all scenarios.
 *
 * @param drawn scenarios beside a row's own; 0 where nothing compares them
 */
export function createContrast(scenarios: number, drawn: number): Contrast | null {
  if (scenarios <= ALL_SCENARIOS_UP_TO) return null;
  const sampler = drawn > 0 ? createScenarioSampler(scenarios, drawn) : null;
  return {
    views(oneHot, mode) {
      if (!sampler || mode.kind === 'evaluate') return { count: 1, route: oneHot };
      return { count: 1 + drawn, route: ownAndDrawnRows(oneHot, sampler.draw(mode)) };
    },
    dispose: () => sampler?.dispose(),
  };
}
