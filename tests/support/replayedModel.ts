/** A model at its smallest sizes whose steps are recorded and replayed, without a trainer around it. */
import * as tf from '@tensorflow/tfjs-core';
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
  readTensor,
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
import type { HostBatch } from '../../src/data/batches';
import { createScoring, type Scored, type Scoring } from '../../src/training/scoring';

type ReplayedModel = ReturnType<typeof replayedModel>;

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
    : (at: number): HostBatch => benchBatch(shape, needs, at);

  /** The next step; `also` runs with it. */
  const nextStep = (also: () => void) => stepOf(number++, also, losses);

  function stepOf(at: number, also: () => void, into: LossAccumulator): ReplayableStep {
    const host = nextBatch(at);
    const step = {
      table: model.table,
      parameters: model.parameters,
      optimiser,
      ids: host.ids,
      plan: planRows(host.ids, model.table.vocabularySize, planArrays),
      batch,
      learningRate: 1e-3,
      l2: 1e-5,
      mode: createMode('train', 1, at),
      losses: into,
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
    /** Runs a step while it is recorded, and gives its inputs too. */
    record(): { list: RecordedList; inputs: StepInputs } {
      const step = nextStep(() => undefined);
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

/** Everything that steps change, by name. */
async function readAll({ model, optimiser, losses }: ReplayedModel): Promise<Record<string, Float32Array>> {
  const arrays: Record<string, Float32Array> = { ...(await optimiser.snapshot()) };
  arrays['loss.sums'] = (await losses.snapshot()).sums;
  for (const variable of [model.table, ...model.parameters, ...model.states])
    arrays[variable.name] = await readTensor(variable);
  return arrays;
}

const WAYS = ['probes', 'rows'] as const;

/** A way of scoring runs its first three batches: of so many, one that is new replays none. */
const SCORED_BATCHES = 3;

function arraysOf(of: string, { score, probability, columns, probes }: Scored): Record<string, Float32Array> {
  const named = {
    score,
    probability,
    ...columns,
    ...Object.fromEntries(probes.map(({ name, values }) => [`probe ${name}`, values])),
  };
  return Object.fromEntries(Object.entries(named).map(([name, values]) => [`${of}: ${name}`, values]));
}

export interface ReplayComparison {
  readonly model: string;
  /** Arrays that differ in some bit after the same steps, run and replayed. */
  readonly differing: readonly string[];
  readonly arrays: number;
  readonly dispatches: number;
  /** Bytes of the recording. */
  readonly bytes: number;
  readonly messages: readonly string[];
}

/** Takes the same steps run and replayed, with a readback in between, and compares what they leave to the bit. */
export async function compareReplay(id: string, batch: number, steps: number): Promise<ReplayComparison> {
  const [run, replayed] = [replayedModel(id, batch), replayedModel(id, batch)];
  const half = Math.floor(steps / 2);
  /** Of the replayed model: used in the middle and at the end, when its passes are replayed. */
  const lasting = WAYS.map((of) => replayed.newScoring(of));
  /** Values asked for between two steps, of weights that the next step changes; read at the end. */
  let twice: tf.Tensor[] = [];
  try {
    await replayed.compile();
    for (let step = 0; step < steps; step++) {
      if (step === half) twice = [run, replayed].map((one) => tf.mul(one.smallestParameter(), 2));
      run.step(true);
      replayed.step();
      if (step !== half) continue;
      // As at an evaluation: means are read and begin anew.
      for (const { losses } of [run, replayed]) await losses.read();
      for (const scoring of lasting) await replayed.score(scoring, SCORED_BATCHES);
    }
    const [expected, found] = [await readAll(run), await readAll(replayed)];
    expected['twice'] = await readTensor(twice[0]!);
    found['twice'] = await readTensor(twice[1]!);
    for (const [w, of] of WAYS.entries()) {
      const fresh = run.newScoring(of);
      Object.assign(expected, arraysOf(of, await run.score(fresh, SCORED_BATCHES)));
      Object.assign(found, arraysOf(of, await replayed.score(lasting[w]!, SCORED_BATCHES)));
      fresh.dispose();
    }
    const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);
    const differing = Object.keys(expected).filter((name) => {
      const [a, b] = [bits(expected[name]!), bits(found[name]!)];
      return a.length !== b.length || a.some((word, i) => word !== b[i]);
    });
    const { recording } = replayed.replay;
    return {
      model: id,
      differing,
      arrays: Object.keys(expected).length,
      dispatches: recording?.dispatches ?? 0,
      bytes: recording?.bytes ?? 0,
      messages: replayed.messages,
    };
  } finally {
    tf.dispose(twice);
    for (const scoring of lasting) scoring.dispose();
    run.dispose();
    replayed.dispose();
  }
}
