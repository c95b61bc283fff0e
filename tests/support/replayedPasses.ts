/** Passes without gradient that are taken again and again, as scoring, AREAD's search and Representation take them. */
import * as tf from '@tensorflow/tfjs-core';
import { assignState, readTensor } from '../../src/engine';
import type { RecordedList } from '../../src/engine/replay/list';
import { recordPrograms } from '../../src/engine/replay/record';
import { addScore } from '../../src/training/procedures/aread/candidatePasses';
import { createRepeatedPass, passOver, type PassOptions } from '../../src/training/repeatedPass';
import { createVectorWriter } from '../../src/training/representation/vectorWriter';
import { createPacker } from '../../src/training/scoring';
import type { ReplayedModel } from './replayedModel';

/** Where a kind of pass leaves what it takes. */
interface Taken extends Pick<PassOptions, 'statistics' | 'write'> {
  /** Tensors that last, by name. */
  tensors(): Readonly<Record<string, tf.Tensor>>;
  dispose(): void;
}

function packed(of: 'probes' | 'rows' | 'metrics'): Taken {
  const packer = createPacker(of);
  return {
    statistics: 'moving',
    write: packer.pack,
    tensors: () => ({ packed: packer.packed! }),
    dispose: () => packer.dispose(),
  };
}

const KINDS = {
  probes: () => packed('probes'),
  rows: () => packed('rows'),
  metrics: () => packed('metrics'),
  'candidate score'(): Taken {
    const total = tf.keep(tf.zeros<tf.Rank.R1>([1]));
    return {
      statistics: 'batch',
      write: addScore(total, { evalSteps: 3 }),
      tensors: () => ({ total }),
      dispose: () => total.dispose(),
    };
  },
  vectors(): Taken {
    const writer = createVectorWriter(1000);
    return {
      statistics: 'moving',
      write: writer.write,
      tensors: () => Object.fromEntries([...writer.vectors].map(([name, { tensor }]) => [name, tensor])),
      dispose: () => writer.dispose(),
    };
  },
} as const satisfies Readonly<Record<string, () => Taken>>;

export type PassKind = keyof typeof KINDS;
export const passKinds = [
  'probes',
  'rows',
  'metrics',
  'candidate score',
  'vectors',
] as const satisfies PassKind[];

/** Other masks, or whatever states the model has, for the `at`-th pass: what a search changes between two of them. */
function changeStates({ model }: ReplayedModel, at: number): void {
  for (const state of model.states) {
    if (!state.name.startsWith('mask')) continue;
    assignState(
      state,
      Float32Array.from({ length: state.tensor.size }, (_, i) => ((i + at) % 3 === 0 ? 0 : 1)),
    );
  }
}

/** Two passes in a row as they are recorded, the inputs of the second, and what disposes of what they leave. */
export function recordPasses(one: ReplayedModel, kind: PassKind): readonly [RecordedList, RecordedList] {
  const taken = KINDS[kind]();
  const step = (at: number) =>
    passOver({ model: one.model, scenarios: one.scenarios, ...taken }, one.batch(at));
  step(0).run();
  const lists = [1, 2].map((at) => recordPrograms(() => step(at).run())) as [RecordedList, RecordedList];
  taken.dispose();
  return lists;
}

/** Passes that are run before any is replayed. */
const RUN = 3;

/**
 * Takes `count` passes and gives what they leave.
 *
 * @param eager runs each; else they are recorded and replayed
 * @param around called with each pass that is replayed, which it takes
 */
export async function takePasses(
  one: ReplayedModel,
  kind: PassKind,
  count: number,
  eager: boolean,
  around = (take: () => void): void => take(),
): Promise<Readonly<Record<string, Float32Array>>> {
  const taken = KINDS[kind]();
  const options = { model: one.model, scenarios: one.scenarios, ...taken };
  const pass = createRepeatedPass(options, (text) => one.messages.push(text));
  for (let at = 0; at < count; at++) {
    changeStates(one, at);
    const batch = one.batch(at);
    if (eager) passOver(options, batch).run();
    else if (at < RUN) pass.take(batch);
    else around(() => pass.take(batch));
  }
  const found: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(taken.tensors()))
    found[`${kind}: ${name}`] = await readTensor(tensor);
  pass.dispose();
  taken.dispose();
  return found;
}
