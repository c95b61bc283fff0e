/** Scenario-specific transform layer (Eq 8): v' = v ⊙ β_s + γ_s. */
import * as tf from '@tensorflow/tfjs-core';
import { routedAffine } from '../../../engine';
import type { VariableFactory } from '../../../engine';

export interface Transform {
  /** `[B, width]`, one-hot scenario `[B, N]`, to `[B, width]`. */
  apply(x: tf.Tensor2D, scenarioOneHot: tf.Tensor2D): tf.Tensor2D;
  /**
   * What each scenario makes of each field, whose `dim` units stand side by side `[N, width / dim]`: root mean square of β,
   * less 1, and of γ; both are 0 where it changes nothing.
   */
  gains(dim: number): { readonly scale: tf.Tensor2D; readonly shift: tf.Tensor2D };
}

/** `transform.scale`, `transform.shift` `[N, width]`; they start as the identity. */
export function createTransform(variables: VariableFactory, scenarios: number, width: number): Transform {
  const shape = [scenarios, width] as const;
  const size = scenarios * width;
  const scale = variables.parameter('transform.scale', 'norm', shape, new Float32Array(size).fill(1));
  const shift = variables.parameter('transform.shift', 'norm', shape, new Float32Array(size));
  const byField = (x: tf.Tensor, dim: number): tf.Tensor2D =>
    tf.sqrt(tf.mean(tf.square(tf.reshape(x, [scenarios, width / dim, dim])), 2));
  return {
    gains: (dim) => ({
      scale: tf.sub(byField(scale.tensor, dim), 1),
      shift: byField(shift.tensor, dim),
    }),
    apply: (x, oneHot) => routedAffine(x, scale.tensor, shift.tensor, oneHot),
  };
}
