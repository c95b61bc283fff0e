/** Softmax gates over experts. */
import type * as tf from '@tensorflow/tfjs-core';
import { maskedSoftmax, softmaxLast, stackedDense, multiDense } from '../../engine';
import type { VariableFactory } from '../../engine';
import { createLinear, createOwnLinear } from './linear';

/** One gate for all rows. Parameters `<name>.weight [in, E]`, `<name>.bias [E]`. */
export interface SharedGate {
  /** `[B, in]` to weights `[B, E]` that sum to 1. */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** @param input width of what the gate reads; @param experts E */
export function createSharedGate(
  variables: VariableFactory,
  name: string,
  input: number,
  experts: number,
): SharedGate {
  const linear = createLinear(variables, name, { input, output: experts });
  return { apply: (x) => softmaxLast(linear.apply(x)) };
}

/** One gate per scenario. Parameters `<name>.weight [N, in, E]`, `<name>.bias [N, E]`. */
export interface ScenarioGate {
  /** The row's own gate: `[B, E]` that sum to 1, or to 0 in a row whose `mask` `[B, E]` is all 0. */
  own(x: tf.Tensor2D, scenarioOneHot: tf.Tensor2D, mask?: tf.Tensor2D): tf.Tensor2D;
  /** Every scenario's gate for every row: `[B, N, E]`. */
  all(x: tf.Tensor2D): tf.Tensor3D;
  /** Every scenario's gate over its own input: `[N, B, in]` to `[N, B, E]`. */
  each(x: tf.Tensor3D): tf.Tensor3D;
}

/** @param scenarios N; @param input width of what the gates read; @param experts E */
export function createScenarioGate(
  variables: VariableFactory,
  name: string,
  scenarios: number,
  input: number,
  experts: number,
): ScenarioGate {
  const linear = createOwnLinear(variables, name, scenarios, { input, output: experts });
  return {
    own(x, scenarioOneHot, mask) {
      const logits = linear.apply(x, scenarioOneHot);
      return mask ? maskedSoftmax(logits, mask) : softmaxLast(logits);
    },
    all: (x) => softmaxLast(multiDense(x, linear.weight.tensor, linear.bias!.tensor)),
    each: (x) => softmaxLast(stackedDense(x, linear.weight.tensor, linear.bias!.tensor)),
  };
}
