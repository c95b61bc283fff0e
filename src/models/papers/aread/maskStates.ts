/** Masks as state tensors, and what the mask search reads and writes beside them. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import type { StateTensor, VariableFactory } from '../../../engine';
import type { MaskLayout } from './masks';

/** Names of the state tensors that the procedure writes and reads. */
export const areadStates = {
  /** Mask of the transition to layer `l` (2 … L) `[N, N_{l-1}, N_l]`. */
  mask: (layer: number): string => `mask.${layer}`,
  /** 0 while warming up, 1 with masks; a scalar. */
  phase: 'maskPhase',
  /** Sum of gates over the rows of each scenario since it was last set to 0 `[N, E]`, in mask order. */
  gateSum: 'gateSum',
  /** Rows in that sum `[N, 1]`. */
  gateCount: 'gateCount',
} as const;

export interface MaskStates {
  readonly layout: MaskLayout;
  /** Of each transition between layers `[N, N_{l-1}, N_l]`. */
  readonly masks: readonly StateTensor<tf.Tensor3D>[];
  readonly phase: StateTensor;
  readonly gateSum: StateTensor;
  readonly gateCount: StateTensor;
}

/** All masks keep every edge at the start. */
export function createMaskStates(
  variables: VariableFactory,
  scenarios: number,
  layout: MaskLayout,
): MaskStates {
  return {
    layout,
    masks: layout.transitions.map(({ rows, columns }, t) =>
      variables.state(
        areadStates.mask(t + 2),
        [scenarios, rows, columns],
        new Float32Array(scenarios * rows * columns).fill(1),
      ),
    ),
    phase: variables.state(areadStates.phase, [], new Float32Array(1)),
    gateSum: variables.state(
      areadStates.gateSum,
      [scenarios, layout.edges],
      new Float32Array(scenarios * layout.edges),
    ),
    gateCount: variables.state(areadStates.gateCount, [scenarios, 1], new Float32Array(scenarios)),
  };
}

/** The row's own mask of one transition, upper expert first: `[B, N_l, N_{l-1}]`. */
export function rowMask({ tensor }: StateTensor<tf.Tensor3D>, scenarioOneHot: tf.Tensor2D): tf.Tensor3D {
  const [scenarios, rows, columns] = tensor.shape;
  const upperFirst = tf.reshape<tf.Rank.R2>(tf.transpose(tensor, [0, 2, 1]), [scenarios, columns * rows]);
  return tf.reshape(matMul(scenarioOneHot, upperFirst), [scenarioOneHot.shape[0], columns, rows]);
}
