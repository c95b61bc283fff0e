/** Training steps: those that count, and trial steps that a procedure takes back. Nothing is read back from the device. */
import { createAdam, createMode, runStep, streamSeed } from '../../engine';
import { assembleInputs, disposeBatch, uploadBatch } from '../../models/inputs';
import type { HostBatch } from '../../data/batches';
import type { Adam, LossAccumulator, StepMode } from '../../engine';
import type { AnyModel } from '../../models/definition';
import type { Part } from './part';

export interface StepsOptions {
  readonly model: AnyModel;
  readonly scenarios: number;
  /** Rows of a batch (divides the table's L2). */
  readonly batch: number;
  readonly l2: number;
  readonly seed: number;
}

/** What differs between the steps of a run. */
interface StepWith {
  readonly optimiser: Adam;
  readonly mode: StepMode;
  readonly learningRate: number;
  /** Adds up loss terms; left out for steps that do not count. */
  readonly losses?: LossAccumulator;
}

function trainOn(batch: HostBatch, options: StepsOptions, given: StepWith): void {
  const { model, scenarios, l2 } = options;
  const tensors = uploadBatch(batch);
  runStep({
    table: model.table,
    parameters: model.parameters,
    ids: batch.ids,
    batch: options.batch,
    l2,
    ...given,
    build: (rows, mode) => {
      const inputs = assembleInputs(rows, tensors, batch.layout, scenarios);
      return model.forward(inputs, mode).losses();
    },
  });
  disposeBatch(tensors);
}

export interface Steps extends Part<{ readonly step: number; readonly trainable: readonly string[] | null }> {
  /** Steps so far. */
  readonly count: number;
  train(batch: HostBatch, learningRate: number): void;
  setTrainable(names: readonly string[] | null): void;
  dispose(): void;
}

/** Steps that count. Arrays of their position are the moments and step counts of Adam (`adam.*`). */
export function createSteps(options: StepsOptions, losses: LossAccumulator): Steps {
  const { model, seed } = options;
  const adam = createAdam({ parameters: model.parameters, table: model.table });
  const dropoutSeed = streamSeed(seed, 'dropout');
  let trainable: readonly string[] | null = null;
  let step = 0;
  const setTrainable = (names: readonly string[] | null): void => {
    adam.setTrainable(names);
    trainable = names;
  };
  return {
    get count() {
      return step;
    },
    train(batch, learningRate) {
      const mode = createMode('train', dropoutSeed, step);
      trainOn(batch, options, { optimiser: adam, mode, learningRate, losses });
      step++;
    },
    setTrainable,
    position: async () => ({ state: { step, trainable }, arrays: await adam.snapshot() }),
    goTo({ state, arrays }) {
      adam.restore(arrays);
      setTrainable(state.trainable);
      ({ step } = state);
    },
    dispose: () => adam.dispose(),
  };
}

export interface TrialSteps {
  /** @param number which dropout masks the step sees: a search that goes on after a pause repeats them */
  train(batch: HostBatch, learningRate: number, number: number): void;
  setTrainable(names: readonly string[] | null): void;
  /** Zeroes the moments and their step count. */
  reset(): void;
  dispose(): void;
}

/**
 * Steps with moments of their own, made at the first of them. They have no position: a procedure that is broken off goes
 * back to before its first trial step.
 */
export function createTrialSteps(options: StepsOptions): TrialSteps {
  const { model, seed } = options;
  const dropoutSeed = streamSeed(seed, 'trial dropout');
  let adam: Adam | null = null;
  let trainable: readonly string[] | null = null;
  function optimiser(): Adam {
    if (!adam) {
      adam = createAdam({ parameters: model.parameters, table: model.table });
      adam.setTrainable(trainable);
    }
    return adam;
  }
  return {
    train(batch, learningRate, number) {
      const mode = createMode('train', dropoutSeed, number);
      trainOn(batch, options, { optimiser: optimiser(), mode, learningRate });
    },
    setTrainable(names) {
      adam?.setTrainable(names);
      trainable = names;
    },
    reset: () => adam?.reset(),
    dispose: () => adam?.dispose(),
  };
}
