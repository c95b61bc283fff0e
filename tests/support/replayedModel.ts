/** A model at its smallest sizes whose steps are recorded and replayed, without a trainer around it. */
import {
  countReplayedStep,
  createAdam,
  createLossAccumulator,
  createMode,
  createReplay,
  createVariables,
  compileAhead,
  emptyPlan,
  planRows,
  runStep,
  type LossAccumulator,
  type ReplayableStep,
  type StepInputs,
} from '../../src/engine';
import type { RecordedList } from '../../src/engine/replay/list';
import { recordPrograms } from '../../src/engine/replay/record';
import { assembleInputs, batchInputs, batchLayout, disposeBatch, uploadBatch } from '../../src/models/inputs';
import { findModel } from '../../src/models/registry';
import { defaultSettings, type AnySettings } from '../../src/models/settings';
import { benchRows } from '../../bench/rows';
import { benchBatch, benchShape } from '../../bench/shape';
import { varied } from './variedBatch';
import type { HostBatch } from '../../src/data/batches';
import { createScoring, type Scored, type Scoring } from '../../src/training/scoring';

export type ReplayedModel = ReturnType<typeof replayedModel>;

/**
 * @param given settings over the defaults; those of the preset `tiny` unless said
 * @param assembles reads each batch from rows of a dataset, as training does; else batches are made at random
 */
export function replayedModel(id: string, batch: number, given?: AnySettings, assembles = false) {
  const definition = findModel(id);
  const shape = benchShape(batch);
  const settings = { ...defaultSettings(definition.fields), ...(given ?? definition.presets.tiny) };
  const { needs, build } = definition.configure(settings);
  const model = build(shape, createVariables(1));
  const optimiser = createAdam({ parameters: model.parameters, table: model.table });
  const losses = createLossAccumulator();
  const messages: string[] = [];
  const replay = createReplay((text) => messages.push(text));
  let number = 0;
  const layout = batchLayout(shape, needs);
  const planArrays = emptyPlan(layout.batch * layout.width, model.table.vocabularySize);
  const nextBatch = assembles
    ? benchRows(shape, needs)
    : (at: number): HostBatch => varied(benchBatch(shape, needs, at), at);

  /** The next step; `also` runs with it. */
  const nextStep = (also: () => void) => stepOf(number++, also, losses);

  function stepOf(at: number, also: () => void, into: LossAccumulator | null): ReplayableStep {
    const host = nextBatch(at);
    const step = {
      table: model.table,
      parameters: model.parameters,
      optimiser,
      ids: host.ids,
      plan: planRows(host.ids, model.table.vocabularySize, planArrays),
      batch,
      // Another one at every step, as schedules have it.
      learningRate: 1e-3 / (1 + at / 100),
      l2: 1e-5,
      mode: createMode('train', 1, at),
      ...(into && { losses: into }),
    };
    return {
      run() {
        const tensors = uploadBatch(host);
        runStep({
          ...step,
          build: (rows, mode) =>
            model.forward(assembleInputs(rows, tensors, host.layout, shape.scenarios), mode).losses(),
        });
        disposeBatch(tensors);
        also();
      },
      inputs: () => ({ ...batchInputs(host), ...countReplayedStep(step) }),
    };
  }

  /** A way of scoring this model; the caller's to dispose of. */
  const newScoring = (of: 'probes' | 'rows'): Scoring =>
    createScoring({ model, scenarios: shape.scenarios, batch, fallBack: (text) => messages.push(text) }, of);
  return {
    replay,
    messages,
    newScoring,
    /** Number of the scenarios that it tells apart. */
    scenarios: shape.scenarios,
    batch: nextBatch,
    /** Scores this many batches, the same ones at each call. */
    score: (scoring: Scoring, batches: number): Promise<Scored> => {
      let at = 0;
      return scoring.score(new Int32Array(batches * batch), () => nextBatch(1000 + at++));
    },
    losses,
    model,
    optimiser,
    smallestParameter: () =>
      model.parameters.reduce((a, b) => (b.tensor.size < a.tensor.size ? b : a)).tensor,
    parameterOf: (name: string) => model.parameters.find((parameter) => parameter.name === name)!.tensor,
    /** Compiles a step's programs side by side, as a trainer does before the first. */
    compile(): Promise<void> {
      return compileAhead(() => {
        const unread = createLossAccumulator();
        const step = stepOf(0, () => undefined, unread);
        optimiser.uncounted(() => step.run());
        unread.dispose();
      });
    },
    /** Takes a step; with `eager` it is run even where it is recorded. */
    step(eager = false, also: () => void = () => undefined) {
      replay.take(nextStep(also), eager);
    },
    /**
     * Runs a step while it is recorded, and gives its inputs too.
     *
     * @param counts false: as a search's trial step, whose losses nobody adds up
     */
    record(counts = true): { list: RecordedList; inputs: StepInputs } {
      const step = stepOf(number++, () => undefined, counts ? losses : null);
      const given = step.inputs();
      const list = recordPrograms(() => step.run());
      // Adam's rates are one array, which the run filled anew: those that it read are there now.
      return { list, inputs: { ...given, 'adam.rates': Float64Array.from(given['adam.rates']!) } };
    },
    dispose() {
      replay.dispose();
      losses.dispose();
      optimiser.dispose();
      model.dispose();
    },
  };
}
