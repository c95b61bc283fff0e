/** Steps and passes of a model replayed, against the same run, to the bit. */
import * as tf from '@tensorflow/tfjs-core';
import { readTensor, submittedWork } from '../../src/engine';
import type { Scored } from '../../src/training/scoring';
import { replayedModel, type ReplayedModel } from './replayedModel';
import { takePasses } from './replayedPasses';

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

/** Passes of each other kind, whose first three are run. */
const PASSES = 6;

function arraysOf(of: string, { score, probability, columns, probes }: Scored): Record<string, Float32Array> {
  const named = {
    score,
    probability,
    ...columns,
    ...Object.fromEntries(probes.map(({ name, values }) => [`probe ${name}`, values])),
  };
  return Object.fromEntries(Object.entries(named).map(([name, values]) => [`${of}: ${name}`, values]));
}

/** Steps that are handed over before the device is waited for: a queue of a thousand would hold the memory of all. */
const TOGETHER = 50;

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
      if (step % TOGETHER === TOGETHER - 1) await submittedWork();
      if (step !== half) continue;
      // As at an evaluation: means are read and begin anew.
      for (const { losses } of [run, replayed]) await losses.read();
      for (const scoring of lasting) await replayed.score(scoring, SCORED_BATCHES);
    }
    const [expected, found] = [await readAll(run), await readAll(replayed)];
    expected['twice'] = await readTensor(twice[0]!);
    found['twice'] = await readTensor(twice[1]!);
    for (const kind of ['candidate score', 'vectors'] as const) {
      Object.assign(expected, await takePasses(run, kind, PASSES, true));
      Object.assign(found, await takePasses(replayed, kind, PASSES, false));
    }
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
