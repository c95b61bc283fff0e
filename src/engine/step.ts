/** One training step: the same kernels on the same shapes in the same order, nothing read back. */
import * as tf from '@tensorflow/tfjs-core';
import type { LossAccumulator } from './lossAccumulator';
import type { StepMode } from './mode';
import type { Adam } from './optimiser';
import { beforeRead } from './backends/webgpu/demand';
import { ADAM_RATES } from './ops/adam';
import { DROPOUT_STEP } from './ops/dropout/mask';
import { declareInput, type StepInputs } from './replay/inputs';
import { PLAN_INPUTS, planRows, type RowPlan } from './rowPlan';
import { gatherTable } from './table';
import type { EmbeddingTable, Parameter } from './types';
import { applyStateUpdates } from './variables';

export interface StepLosses {
  /** What is differentiated; without L2, which the optimiser adds. */
  readonly total: tf.Scalar;
  readonly terms: Readonly<Record<string, tf.Scalar>>;
}

export interface Step {
  readonly table: EmbeddingTable;
  /** All parameters, in the optimiser's order. */
  readonly parameters: readonly Parameter[];
  readonly optimiser: Adam;
  /** Global ids of the batch, all sequences included `[M]`; 0 is padding. */
  readonly ids: Int32Array;
  /** Default: planned here. */
  readonly plan?: RowPlan;
  /** Rows B of the batch (divides the table's L2). */
  readonly batch: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly mode: StepMode;
  /** Forward pass and losses over the gathered rows `[M, dim]`. Called once. */
  readonly build: (rows: tf.Tensor2D, mode: StepMode) => StepLosses;
  /** Takes every loss term and `total`. */
  readonly losses?: LossAccumulator;
}

/** Input of a step: its ids. */
const IDS = 'ids';

/** What a replay of a step is given; counts the step where its own run would have counted it. */
export function countReplayedStep(
  step: Pick<Step, 'table' | 'optimiser' | 'ids' | 'plan' | 'learningRate' | 'mode' | 'losses'>,
): StepInputs {
  const { rows, order, starts } = step.plan ?? planRows(step.ids, step.table.vocabularySize);
  step.losses?.count();
  return {
    [IDS]: step.ids,
    [PLAN_INPUTS.rows]: rows,
    [PLAN_INPUTS.order]: order,
    [PLAN_INPUTS.starts]: starts,
    [ADAM_RATES]: step.optimiser.advance(step.learningRate),
    [DROPOUT_STEP]: [step.mode.step >>> 0],
  };
}

/**
 * Runs one step: gradients of `total` over the gathered rows and the trainable parameters, Adam in place, recorded states
 * written after the gradient, loss terms added up on the device.
 */
export function runStep(step: Step): void {
  const { table, parameters, optimiser, ids, mode } = step;
  const plan = step.plan ?? planRows(ids, table.vocabularySize);
  tf.tidy(() => {
    const rows = gatherTable(table, declareInput(IDS, tf.tensor1d(ids, 'int32')));
    const trained = parameters.map((parameter) => optimiser.isTrainable(parameter.name));
    const leaves = [rows, ...parameters.filter((_, i) => trained[i]).map((parameter) => parameter.tensor)];
    const kept: { terms?: Readonly<Record<string, tf.Scalar>> } = {};
    const { value, grads } = tf.engine().gradients(
      () => {
        const { total, terms } = step.build(rows, mode);
        if (step.losses) kept.terms = keepTerms(terms);
        return total;
      },
      leaves,
      undefined,
      true,
    );
    const found = grads as (tf.Tensor | null | undefined)[];
    let at = 1;
    const recorded = mode.drainRecorded();
    if (tf.getBackend() === 'webgpu') {
      const terms = kept.terms ? Object.values(kept.terms) : [];
      beforeRead([...terms, ...recorded.map(({ value: taken }) => taken), ...found.filter((each) => !!each)]);
    }
    optimiser.apply({
      gradients: trained.map((yes) => (yes ? (found[at++] ?? null) : null)),
      rowGradient: (found[0] as tf.Tensor2D | undefined) ?? null,
      plan,
      learningRate: step.learningRate,
      l2: step.l2,
      batch: step.batch,
    });
    if (kept.terms) {
      step.losses!.add({ total: value, ...kept.terms });
      tf.dispose(Object.values(kept.terms));
    }
    applyStateUpdates(recorded);
    tf.dispose(recorded.map(({ value: taken }) => taken));
  });
}

/** Terms outlive the forward pass's scope. */
function keepTerms(terms: Readonly<Record<string, tf.Scalar>>): Readonly<Record<string, tf.Scalar>> {
  return Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, tf.keep(tf.clone(term))]));
}
