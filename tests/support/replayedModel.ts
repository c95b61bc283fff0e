/** A model at its smallest sizes whose steps are recorded and replayed, without a trainer around it. */
import * as tf from '@tensorflow/tfjs-core';
import {
  countReplayedStep,
  createAdam,
  createLossAccumulator,
  createMode,
  createReplay,
  createVariables,
  emptyPlan,
  planRows,
  readTensor,
  runStep,
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
  const planArrays = emptyPlan(layout.batch * layout.width);
  const nextBatch = assembles
    ? benchRows(shape, needs)
    : (at: number): HostBatch => benchBatch(shape, needs, at);

  /** The next step; `also` runs with it. */
  function nextStep(also: () => void): { run: () => void; inputs: () => StepInputs } {
    const host = nextBatch(number);
    const step = {
      table: model.table,
      parameters: model.parameters,
      optimiser,
      ids: host.ids,
      plan: planRows(host.ids, model.table.vocabularySize, planArrays),
      batch,
      learningRate: 1e-3,
      l2: 1e-5,
      mode: createMode('train', 1, number++),
      losses,
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

  return {
    replay,
    messages,
    losses,
    model,
    optimiser,
    smallestParameter: () =>
      model.parameters.reduce((a, b) => (b.tensor.size < a.tensor.size ? b : a)).tensor,
    parameterOf: (name: string) => model.parameters.find((parameter) => parameter.name === name)!.tensor,
    /** Takes a step; with `eager` it is run even where it is recorded. */
    step(eager = false, also: () => void = () => undefined) {
      replay.take(nextStep(also), eager);
    },
    /** Runs a step while it is recorded, and gives its inputs too. */
    record(): { list: RecordedList; inputs: StepInputs } {
      const { run, inputs } = nextStep(() => undefined);
      const given = inputs();
      const list = recordPrograms(run);
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
  /** Values asked for between two steps, of weights that the next step changes; read at the end. */
  let twice: tf.Tensor[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      if (step === half) twice = [run, replayed].map((one) => tf.mul(one.smallestParameter(), 2));
      run.step(true);
      replayed.step();
      // As at an evaluation: means are read and begin anew.
      if (step === half) for (const { losses } of [run, replayed]) await losses.read();
    }
    const [expected, found] = [await readAll(run), await readAll(replayed)];
    expected['twice'] = await readTensor(twice[0]!);
    found['twice'] = await readTensor(twice[1]!);
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
    run.dispose();
    replayed.dispose();
  }
}
