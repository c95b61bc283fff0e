/**
 * Mixture of debias experts (Section 4.5). Shared experts are one wide product; own experts are picked by scenario first and
 * normalised afterwards, slot by slot over all rows.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu, routedDense, expertLogits, multiDense } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import type { Inputs } from '../../definition';
import { createBatchNorm } from '../../layers';

export interface ExpertSizes {
  readonly scenarios: number;
  /** m_s, shared experts. */
  readonly shared: number;
  /** m_k, own experts of each scenario. */
  readonly own: number;
  readonly dropout: number;
}

/** Hidden layer of all experts that a row uses: Linear → batch norm → ReLU → dropout. */
export interface HiddenStack {
  /** `[B, in]` to `[B, experts, h]`. */
  apply(x: tf.Tensor2D, inputs: Inputs, mode: Mode): tf.Tensor3D;
}

/** `<name>.weight [m_s, in, h]`, `<name>.norm.* [m_s h]`. */
export function createSharedHidden(
  variables: VariableFactory,
  name: string,
  input: number,
  hidden: number,
  sizes: ExpertSizes,
): HiddenStack {
  const shape = [sizes.shared, input, hidden] as const;
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.weight`, shape, input, hidden),
  );
  return finish(variables, name, sizes.shared, hidden, sizes, (x) =>
    tf.reshape(multiDense(x, weight.tensor, null), [x.shape[0], sizes.shared * hidden]),
  );
}

/** `<name>.weight [N, in, m_k h]`, `<name>.norm.* [m_k h]`. */
export function createOwnHidden(
  variables: VariableFactory,
  name: string,
  input: number,
  hidden: number,
  sizes: ExpertSizes,
): HiddenStack {
  const shape = [sizes.scenarios, input, sizes.own * hidden] as const;
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.weight`, shape, input, hidden),
  );
  return finish(variables, name, sizes.own, hidden, sizes, (x, inputs) =>
    routedDense(x, weight.tensor, null, inputs.scenarioOneHot),
  );
}

function finish(
  variables: VariableFactory,
  name: string,
  slots: number,
  hidden: number,
  sizes: ExpertSizes,
  linear: (x: tf.Tensor2D, inputs: Inputs) => tf.Tensor2D,
): HiddenStack {
  const norm = createBatchNorm(variables, `${name}.norm`, slots * hidden, 'shared', sizes.scenarios)!;
  return {
    apply(x, inputs, mode) {
      const active = leakyRelu(norm.apply(linear(x, inputs), inputs, mode).output, 0);
      return tf.reshape(dropout(active, sizes.dropout, mode), [x.shape[0], slots, hidden]);
    },
  };
}

/** One logit an expert. */
export interface Heads {
  /** Hidden units `[B, experts, h]` to logits `[B, experts]`. */
  apply(hidden: tf.Tensor3D, inputs: Inputs): tf.Tensor2D;
}

/** `<name>.weight [m_s, h]`, `<name>.bias [m_s]`. */
export function createSharedHeads(
  variables: VariableFactory,
  name: string,
  hidden: number,
  { shared }: ExpertSizes,
  initialBias: number,
): Heads {
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    [shared, hidden],
    variables.glorot(`${name}.weight`, [shared, hidden], hidden, 1),
  );
  const bias = variables.parameter(
    `${name}.bias`,
    'bias',
    [shared],
    new Float32Array(shared).fill(initialBias),
  );
  return {
    apply: (x) => expertLogits(x, weight.tensor, bias.tensor, null),
  };
}

/** `<name>.weight [N, m_k h]`, `<name>.bias [N, m_k]`; each row reads its own scenario's. */
export function createOwnHeads(
  variables: VariableFactory,
  name: string,
  hidden: number,
  { scenarios, own }: ExpertSizes,
  initialBias: number,
): Heads {
  const shape = [scenarios, own * hidden] as const;
  const weight = variables.parameter(
    `${name}.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.weight`, shape, hidden, 1),
  );
  const bias = variables.parameter(
    `${name}.bias`,
    'bias',
    [scenarios, own],
    new Float32Array(scenarios * own).fill(initialBias),
  );
  return {
    apply: (x, { scenarioOneHot }) => expertLogits(x, weight.tensor, bias.tensor, scenarioOneHot),
  };
}
