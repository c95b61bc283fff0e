/** Training steps: those that count, and trial steps that a procedure takes back. Nothing is read back from the device. */
import {
  compileAhead,
  countReplayedStep,
  createAdam,
  createLossAccumulator,
  createMode,
  createReplay,
  emptyPlan,
  planRows,
  runStep,
  streamSeed,
} from '../../engine';
import { assembleInputs, batchInputs, disposeBatch, uploadBatch } from '../../models/inputs';
import type { HostBatch } from '../../data/batches';
import type { Adam, LossAccumulator, PlanArrays, ReplayableStep, StepMode } from '../../engine';
import type { AnyModel } from '../../models/definition';
import type { Part } from './part';

export interface StepsOptions {
  readonly model: AnyModel;
  readonly scenarios: number;
  readonly l2: number;
  readonly seed: number;
  /** Told why steps go on without a recording. */
  readonly fallBack: (reason: string) => void;
}

/** What differs between the steps of a run. */
interface StepWith {
  readonly optimiser: Adam;
  readonly mode: StepMode;
  readonly learningRate: number;
  /** Adds up loss terms; left out for steps that do not count. */
  readonly losses?: LossAccumulator;
  /** Where each step's plan is written; one step at a time reads it. */
  readonly planArrays: (ids: number) => PlanArrays;
}

function keptPlanArrays(model: AnyModel): StepWith['planArrays'] {
  let kept: PlanArrays | null = null;
  return (ids) => {
    if (kept?.order.length !== ids) kept = emptyPlan(ids, model.table.vocabularySize);
    return kept;
  };
}

function stepOn(batch: HostBatch, options: StepsOptions, given: StepWith): ReplayableStep {
  const { model, scenarios, l2 } = options;
  const { planArrays, ...differing } = given;
  const step = {
    table: model.table,
    parameters: model.parameters,
    ids: batch.ids,
    plan: planRows(batch.ids, model.table.vocabularySize, planArrays(batch.ids.length)),
    // Divides the table's L2; trial steps may have fewer rows.
    batch: batch.layout.batch,
    l2,
    ...differing,
  };
  return {
    run() {
      const tensors = uploadBatch(batch);
      runStep({
        ...step,
        build: (rows, mode) => {
          const inputs = assembleInputs(rows, tensors, batch.layout, scenarios);
          return model.forward(inputs, mode).losses();
        },
      });
      disposeBatch(tensors);
    },
    inputs: () => ({ ...batchInputs(batch), ...countReplayedStep(step) }),
  };
}

export interface Steps extends Part<{ readonly step: number; readonly trainable: readonly string[] | null }> {
  /** Steps so far. */
  readonly count: number;
  /** @param watched someone looks at the step's operations: it is run even where it is recorded */
  train(batch: HostBatch, learningRate: number, watched?: boolean): void;
  /** Compiles the programs of a step on such a batch side by side; the step itself is not taken. */
  compile(batch: HostBatch): Promise<void>;
  setTrainable(names: readonly string[] | null): void;
  dispose(): void;
}

/** Steps that count. Arrays of their position are the moments and step counts of Adam (`adam.*`). */
export function createSteps(options: StepsOptions, losses: LossAccumulator): Steps {
  const { model, seed } = options;
  const adam = createAdam({ parameters: model.parameters, table: model.table });
  const dropoutSeed = streamSeed(seed, 'dropout');
  const replay = createReplay(options.fallBack);
  const planArrays = keptPlanArrays(model);
  let trainable: readonly string[] | null = null;
  let step = 0;
  const setTrainable = (names: readonly string[] | null): void => {
    adam.setTrainable(names);
    // Other gradients are computed from here on.
    if (!sameNames(names, trainable)) replay.dispose();
    trainable = names;
  };
  return {
    get count() {
      return step;
    },
    train(batch, learningRate, watched = false) {
      const mode = createMode('train', dropoutSeed, step);
      const given = { optimiser: adam, mode, learningRate, losses, planArrays };
      replay.take(stepOn(batch, options, given), watched);
      step++;
    },
    compile(batch) {
      const mode = createMode('train', dropoutSeed, step);
      return compileAhead(() => {
        const unread = createLossAccumulator();
        const given = { optimiser: adam, mode, learningRate: 0, losses: unread, planArrays };
        adam.uncounted(() => stepOn(batch, options, given).run());
        unread.dispose();
      });
    },
    setTrainable,
    position: async () => ({ state: { step, trainable }, arrays: await adam.snapshot() }),
    restorePosition({ state, arrays }) {
      adam.restore(arrays);
      setTrainable(state.trainable);
      ({ step } = state);
    },
    dispose() {
      replay.dispose();
      adam.dispose();
    },
  };
}

function sameNames(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (!one || !other) return one === other;
  return one.length === other.length && one.every((name, i) => name === other[i]);
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
  const replay = createReplay(options.fallBack);
  const planArrays = keptPlanArrays(model);
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
      replay.take(stepOn(batch, options, { optimiser: optimiser(), mode, learningRate, planArrays }));
    },
    setTrainable(names) {
      adam?.setTrainable(names);
      if (!sameNames(names, trainable)) replay.dispose();
      trainable = names;
    },
    reset: () => adam?.reset(),
    dispose() {
      replay.dispose();
      adam?.dispose();
    },
  };
}
