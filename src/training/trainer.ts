/** What a procedure works with. */
import type { HostBatch, BatchLayout } from '../data/batches';
import type { Dataset } from '../data/dataset';
import type * as tf from '@tensorflow/tfjs-core';
import type { Inputs, Model, Output } from '../models/definition';
import type { AnySettings } from '../models/settings';
import type { TrainingEvent } from './events';
import type { Metrics } from './metrics/types';
import type { TrainingSettings } from './settings';

/** Values of every trained variable, state and (where asked) optimiser moment, on the host. */
export interface Snapshot {
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** Scores of evaluation rows on the host, in the order of the rows asked for. */
export interface Predictions {
  readonly rows: Int32Array;
  readonly score: Float32Array;
  readonly probability: Float32Array;
  readonly columns: Readonly<Record<string, Float32Array>>;
}

/** One model, one dataset, one optimiser, one random stream: everything that a procedure may do to them. */
export interface Trainer {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly settings: AnySettings;
  readonly training: TrainingSettings;
  readonly layout: BatchLayout;
  readonly seed: number;
  /** Row numbers of the training split. */
  readonly trainingRows: Int32Array;
  /** Steps issued so far. */
  readonly step: number;
  /** Names of parameters that train now; others keep their values and moments. Null: all. */
  setTrainable(names: readonly string[] | null): void;
  /** Issues one training step on a batch: no value is read back. */
  train(batch: HostBatch, options?: TrainStepOptions): void;
  /** Next shuffled mini-batch of the training split (reshuffled every epoch from the seed), with per-row columns of the procedure's. */
  nextBatch(extra?: Readonly<Record<string, Float32Array>>): HostBatch;
  readBatch(rows: Int32Array, extra?: Readonly<Record<string, Float32Array>>): HostBatch;
  /** Mean of every loss term since the last call; one asynchronous readback. */
  readLosses(): Promise<Readonly<Record<string, number>>>;
  /** Evaluate-mode scores of rows, batch by batch, yielding to the event loop between batches. */
  predict(rows: Int32Array): Promise<Predictions>;
  /** Metrics and probes over the (sampled) rows of a split. */
  evaluate(
    split: 'validation' | 'test',
    rowsPerScenario: number,
  ): Promise<Extract<TrainingEvent, { kind: 'evaluation' }>>;
  /** The standard bookkeeping after a step: losses, evaluation, early stopping, as events. `stop` is true when training should end. */
  afterStep(): AsyncGenerator<TrainingEvent, boolean, void>;
  /** Counts patience from here anew: a phase begins whose first evaluations may be worse than the last phase's best. */
  renewPatience(): void;
  /** Restores the best weights, computes the final test figures. Every procedure ends with it, on every way out. */
  finish(reason: 'steps' | 'early-stop' | 'stopped'): Promise<Extract<TrainingEvent, { kind: 'done' }>>;
  /** Reads all parameters, states and the table back; `moments` adds the optimiser's. */
  snapshot(moments: boolean): Promise<Snapshot>;
  restore(snapshot: Snapshot): void;
  /** Zeroes the optimiser's moments and its step count. */
  resetOptimiser(): void;
  /** Zeroes the moments and the step count of trial steps (made at the first trial step, freed with the trainer). */
  resetTrial(): void;
  /** Copies the present weights and states (or those of a snapshot) on the device, for many fast returns to them. */
  hold(from?: Snapshot): HeldWeights;
  /**
   * One forward pass without gradient, dropout or change of any state. `statistics: 'batch'` normalises by the batch
   * (a train-mode forward), `'moving'` as in evaluation. `read` runs inside a tidy; the tensors it returns are kept and
   * are the caller's to dispose.
   */
  forward<T extends tf.TensorContainer>(
    batch: HostBatch,
    statistics: 'batch' | 'moving',
    read: (output: Output, inputs: Inputs) => T,
  ): T;
  /** True once someone asked the run to stop; procedures end at their next safe point. */
  readonly stopping: boolean;
  readonly metrics: Metrics | null;
}

export interface TrainStepOptions {
  /** Overrides the learning rate of this step. */
  readonly learningRate?: number;
  /**
   * A step that the procedure will take back (AREAD's candidate masks): it reads and writes a second set of Adam
   * moments with its own step count (zeroed by `resetTrial`), and counts neither in `step`, nor in the loss means, nor
   * in any schedule of the run. The main moments stay as they are to the bit.
   */
  readonly trial?: boolean;
  /** Which dropout masks a trial sees (default: trials so far); given, a search that goes on after a pause repeats them. */
  readonly trialNumber?: number;
}

/** A copy on the device of every parameter, state tensor and the table (no moments), equal to the bit. */
export interface HeldWeights {
  /** Writes the copy back; may be called any number of times. */
  restore(): void;
  /** Reads the copy back to the host, in the form that `Trainer.hold` takes. */
  read(): Promise<Snapshot>;
  dispose(): void;
}
