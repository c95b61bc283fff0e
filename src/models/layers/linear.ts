/** Linear layers: one for all rows, or one per scenario of which each row uses its own. */
import * as tf from '@tensorflow/tfjs-core';
import { dense, matMul, routedDense } from '../../engine';
import type { Parameter, VariableFactory } from '../../engine';
import type { DataShape } from '../definition';

export interface Linear {
  readonly weight: Parameter<tf.Tensor2D>;
  readonly bias: Parameter<tf.Tensor1D> | null;
  /** `[B, in]` to `[B, out]`. */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

export interface LinearOptions {
  readonly input: number;
  readonly output: number;
  /** Initial bias values (`[out]`); zeros by default; null for no bias at all. */
  readonly bias?: Float32Array | null;
}

/** `<name>.weight [in, out]` (Glorot-uniform), `<name>.bias [out]`. */
export function createLinear(
  variables: VariableFactory,
  name: string,
  { input, output, bias }: LinearOptions,
): Linear {
  const shape = [input, output] as const;
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.weight`, shape, input, output),
  );
  const offset =
    bias === null
      ? null
      : variables.parameter(`${name}.bias`, 'bias', [output], bias ?? new Float32Array(output));
  return {
    weight,
    bias: offset,
    apply: (x) => dense(x, weight.tensor, offset?.tensor ?? null),
  };
}

export interface OwnLinear {
  readonly weight: Parameter<tf.Tensor3D>;
  readonly bias: Parameter<tf.Tensor2D> | null;
  /**
   * Each row through its own scenario's layer: `[B, in]`, one-hot `[B, N]` (a constant: no gradient reaches it), to `[B, out]`. Only the
   * rows' own products are computed.
   */
  apply(x: tf.Tensor2D, scenarioOneHot: tf.Tensor2D): tf.Tensor2D;
}

/** `<name>.weight [N, in, out]` (Glorot-uniform per scenario), `<name>.bias [N, out]`. */
export function createOwnLinear(
  variables: VariableFactory,
  name: string,
  scenarios: number,
  { input, output, bias }: LinearOptions,
): OwnLinear {
  const shape = [scenarios, input, output] as const;
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.weight`, shape, input, output),
  );
  const offset =
    bias === null
      ? null
      : variables.parameter(
          `${name}.bias`,
          'bias',
          [scenarios, output],
          bias ?? new Float32Array(scenarios * output),
        );
  return {
    weight,
    bias: offset,
    apply: (x, scenarioOneHot) => routedDense(x, weight.tensor, offset?.tensor ?? null, scenarioOneHot),
  };
}

/**
 * The transposed application, without a `[B, in, out]` tensor: row b of `a [B, out]` times its own `weight[s]^T`, to
 * `[B, in]`. Used by input gradients in closed form.
 */
export function applyOwnTransposed(
  a: tf.Tensor2D,
  weight: tf.Tensor3D,
  scenarioOneHot: tf.Tensor2D,
): tf.Tensor2D {
  const [scenarios, input, output] = weight.shape;
  const spread = tf.mul(tf.expandDims(scenarioOneHot, 2), tf.expandDims(a, 1));
  const flat = tf.reshape<tf.Rank.R2>(spread, [a.shape[0], scenarios * output]);
  const stacked = tf.reshape<tf.Rank.R2>(tf.transpose(weight, [0, 2, 1]), [scenarios * output, input]);
  return matMul(flat, stacked);
}

/** log(p / (1 - p)), with p kept away from 0 and 1. */
export function logit(probability: number): number {
  const p = Math.min(Math.max(probability, 1e-4), 1 - 1e-4);
  return Math.log(p / (1 - p));
}

/** Initial value of one output bias: the logit of the training click rate, or 0 where the prior is off. */
export function priorBias(shape: DataShape, prior: 'on' | 'off'): Float32Array {
  return Float32Array.of(prior === 'on' ? logit(shape.clickRate) : 0);
}

/** Rows that the overall click rate weighs beside a scenario's own. */
const PRIOR_ROWS = 100;

/** Initial values of one output bias per scenario `[N]`: logits of the scenarios' click rates, drawn towards the overall one. */
export function priorBiases(shape: DataShape, prior: 'on' | 'off'): Float32Array {
  return Float32Array.from({ length: shape.scenarios }, (_, n) => {
    if (prior === 'off') return 0;
    const rows = shape.scenarioRows[n] ?? 0;
    const rate = shape.scenarioClickRate[n] ?? shape.clickRate;
    return logit((rate * rows + shape.clickRate * PRIOR_ROWS) / (rows + PRIOR_ROWS));
  });
}
