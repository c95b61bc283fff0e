/** What a procedure works with. */
import type { HostBatch, BatchLayout } from '../../data/batches';
import type { Dataset } from '../../data/dataset';
import type * as tf from '@tensorflow/tfjs-core';
import type { AnyModel, AnyPass, Inputs } from '../../models/definition';
import type { TrainingEvent } from '../events';
import type { TrainingSettings } from '../settings';
import type { RepeatedPass, WritePass } from '../repeatedPass';
import type { ExtraColumns } from './batches';
import type { TrialSteps } from './steps';

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

/** Whether the evaluation of a step may judge the run; both are true where nothing is said. */
export interface Judging {
  /** Its weights may become the best: what the model is about acts by then. */
  readonly mayBeBest?: boolean;
  /** Patience may end the run; until then it does not run out. */
  readonly mayEnd?: boolean;
}

/** What every procedure needs: draw a batch, train on it, follow the step up, end. */
export interface TrainingLoop {
  readonly training: TrainingSettings;
  /** Steps issued so far. */
  readonly step: number;
  /** True once someone asked the run to stop; procedures end at their next safe point. */
  readonly stopping: boolean;
  /** Next shuffled mini-batch of the training split (reshuffled every epoch from the seed), with per-row columns of the procedure's. Good until the next. */
  nextBatch(extra?: ExtraColumns): HostBatch;
  /** Issues one training step on a batch: no value is read back. */
  train(batch: HostBatch): void;
  /** The standard bookkeeping after a step: losses, evaluation, early stopping, as events. The result is true when training should end. */
  afterStep(judging?: Judging): AsyncGenerator<TrainingEvent, boolean, void>;
  /** Restores the best weights, computes the final test metrics. Every procedure ends with it, on every way out. */
  finish(reason: 'steps' | 'early-stop' | 'stopped'): Promise<Extract<TrainingEvent, { kind: 'done' }>>;
}

/** One model, one dataset, one optimiser, one random stream: everything that a procedure may do to them. */
export interface Trainer extends TrainingLoop {
  readonly model: AnyModel;
  readonly dataset: Dataset;
  readonly layout: BatchLayout;
  readonly seed: number;
  /** Row numbers of the training split. */
  readonly trainingRows: Int32Array;
  /** Names of parameters that train now; others keep their values and moments. Null: all. */
  setTrainable(names: readonly string[] | null): void;
  /**
   * A phase begins that builds upon the last: the last one's best weights are written back, and what follows has a best and a patience of
   * its own. @returns the step of the weights that it starts from
   */
  beginPhase(): number;
  /** @param size rows of the batch, padding among them; as many as a training step has where left out */
  readBatch(rows: Int32Array, extra?: ExtraColumns, size?: number): HostBatch;
  /**
   * Evaluate-mode scores of rows, batch by batch, yielding to the event loop between batches; one call at a time.
   *
   * @param read makes the batch of some rows: those of the dataset unless given
   */
  predict(rows: Int32Array, read?: (rows: Int32Array) => HostBatch): Promise<Predictions>;
  /** Reads all parameters, states and the table back; `moments` adds the optimiser's. */
  snapshot(moments: boolean): Promise<Snapshot>;
  /** Copies the present weights and states (or those of a snapshot) on the device, for many fast returns to them. */
  copyWeights(from?: Snapshot): WeightsCopy;
  /**
   * Steps that the procedure will take back (AREAD's candidate masks): they read and write a second set of Adam moments
   * with its own step count, and count neither in `step`, nor in the loss means, nor in any schedule of the run. The main
   * moments stay as they are to the bit.
   */
  readonly trialSteps: Pick<TrialSteps, 'train' | 'reset'>;
  /**
   * One forward pass without gradient, dropout or change of any state. `statistics: 'batch'` normalises by the batch
   * (a train-mode forward), `'moving'` as in evaluation. `read` runs inside a tidy; the tensors it returns are kept and
   * are the caller's to dispose.
   */
  forward<T extends tf.TensorContainer>(
    batch: HostBatch,
    statistics: 'batch' | 'moving',
    read: (pass: AnyPass, inputs: Inputs) => T,
  ): T;
  /**
   * The same for many batches one after another: what `write` leaves in tensors of the caller's is all that they give. On WebGPU passes after the third
   * are replayed. The caller's to dispose of.
   */
  repeatedPass(statistics: 'batch' | 'moving', write: WritePass): RepeatedPass;
}

/** A copy on the device of every parameter, state tensor and the table (no moments), equal to the bit. */
export interface WeightsCopy {
  /** Writes the copy back; may be called any number of times. */
  restore(): void;
  /** Reads the copy back to the host, in the form that `Trainer.copyWeights` takes. */
  read(): Promise<Snapshot>;
  dispose(): void;
}
