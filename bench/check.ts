/**
 * Every registered model on the current backend against the CPU backend: losses over a few training steps and the weights
 * after them; and the same steps twice, to the bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { memoryOf, readTensor } from '../src/engine';
import type { AnyModelDefinition } from '../src/models/definition';
import { models } from '../src/models/registry';
import { defaultSettings } from '../src/models/settings';
import { countDispatches } from './measure';
import { benchModel } from './benchModel';

export interface CheckResult {
  readonly model: string;
  /** Largest difference of a loss from the CPU backend's, relative. */
  readonly lossError: number;
  /** Two runs from one seed end with the same bits. */
  readonly repeats: boolean;
  /** Tensors and GPU bytes do not grow over the last steps. */
  readonly grows: boolean;
  readonly dispatches: number;
  readonly error: string | null;
}

const STEPS = 4;
const BATCH = 64;

interface Run {
  readonly losses: number[];
  readonly weights: Float32Array[];
  readonly grows: boolean;
  readonly dispatches: number;
}

async function train(definition: AnyModelDefinition): Promise<Run> {
  const settings = { ...defaultSettings(definition.fields), ...definition.presets.tiny };
  const options = { batch: BATCH, settings, seed: 3, learningRate: 1e-2 };
  const { model, losses, batch, step, dispose } = benchModel(definition, options);
  const totals: number[] = [];
  let before = memoryOf();
  for (let number = 0; number < STEPS; number++) {
    step(batch(number), number);
    totals.push((await losses.read()).total!);
    if (number === STEPS - 2) before = memoryOf();
  }
  const after = memoryOf();
  const weights = await Promise.all(
    [model.table, ...model.parameters].map((variable) => readTensor(variable)),
  );
  const dispatches = countDispatches(() => step(batch(STEPS), STEPS));
  dispose();
  const grows = after.tensors > before.tensors || (after.gpuBytes ?? 0) > (before.gpuBytes ?? 0);
  return { losses: totals, weights, grows, dispatches };
}

const same = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  a.every((values, i) => values.every((value, k) => Object.is(value, b[i]![k])));

async function checkModel(definition: AnyModelDefinition): Promise<CheckResult> {
  const name = tf.getBackend();
  const first = await train(definition);
  const second = await train(definition);
  await tf.setBackend('cpu');
  let expected: Run;
  try {
    expected = await train(definition);
  } finally {
    await tf.setBackend(name);
  }
  const errors = first.losses.map(
    (loss, i) => Math.abs(loss - expected.losses[i]!) / Math.abs(expected.losses[i]!),
  );
  return {
    model: definition.id,
    lossError: Math.max(...errors),
    repeats: same(first.weights, second.weights),
    grows: first.grows,
    dispatches: first.dispatches,
    error: null,
  };
}

/** Checks every model (or those named); one that fails is reported, not thrown. */
export async function checkBackend(ids: readonly string[] = []): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const definition of models) {
    if (ids.length > 0 && !ids.includes(definition.id)) continue;
    try {
      results.push(await checkModel(definition));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const nothing = { lossError: Number.NaN, repeats: false, grows: false, dispatches: 0 };
      results.push({ model: definition.id, ...nothing, error: message });
    }
  }
  return results;
}
