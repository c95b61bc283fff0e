/** What a long run holds at each of its evaluations. Knows no test runner, so that a page can watch the GPU's memory too. */
import * as tf from '@tensorflow/tfjs-core';
import { memoryOf, type BackendInfo } from '../../src/engine';
import type { AnySettings } from '../../src/models/settings';
import { parseSetup } from '../../src/training/parseSetup';
import { createRun } from '../../src/training/run';
import { defaultTraining, presetSettings } from '../../src/training/setup';
import { simulatedSmall } from './simulatedSmall';

/** What the library and the backend under it hold. */
export interface Held {
  readonly tensors: number;
  readonly bytes: number;
  readonly buffers: number;
  /** Tensors in the backend's own table. */
  readonly known: number;
  /** Size of WebAssembly's memory; 0 elsewhere. */
  readonly heap: number;
  /** Bytes allocated on the GPU, its pool of free buffers included; 0 elsewhere. */
  readonly gpuBytes: number;
}

export function held(): Held {
  const { tensors, bytes, gpuBytes } = memoryOf();
  const backend = tf.backend() as tf.KernelBackend & { readonly wasm?: { readonly HEAPU8: Uint8Array } };
  return {
    tensors,
    bytes,
    buffers: tf.memory().numDataBuffers,
    known: backend.numDataIds(),
    heap: backend.wasm?.HEAPU8.length ?? 0,
    gpuBytes: gpuBytes ?? 0,
  };
}

/** A procedure's own settings in a run of so many steps, and the events that show that it did its own work. */
interface Phases {
  readonly settings: (steps: number) => AnySettings;
  readonly kind: string;
  readonly least: number;
}

/**
 * Settings under which a run passes through all of a procedure's phases, before and after the first reading. AREAD searches ten
 * times. SAR-Net's epoch has some 35 steps; it refreshes its coefficients with every one. Fine-tuning pools for 15 %.
 */
const phases: Readonly<Record<string, Phases>> = {
  aread: {
    settings: (steps) => ({
      warmup: Math.ceil(steps / 20),
      maskInterval: Math.ceil(steps / 10),
      numCandidates: 1,
      trialSteps: 2,
      evalSteps: 1,
    }),
    kind: 'procedure-probe',
    least: 5,
  },
  sarnet: {
    settings: (steps) => ({ fairnessWarmup: 1, fairnessRefresh: Math.max(1, Math.floor(steps / 250)) }),
    kind: 'procedure-probe',
    least: 5,
  },
  finetune: { settings: () => ({ pooledShare: 0.15 }), kind: 'message', least: 1 },
};

export interface LongRun {
  readonly model: string;
  readonly before: Held;
  readonly readings: readonly (Held & { readonly step: number })[];
  readonly after: Held;
  /** Training steps that were announced. */
  readonly steps: number;
  /** Events that show that the model's own procedure did its own work, and how many a long run must bring. */
  readonly own: { readonly kind: string; readonly seen: number; readonly least: number } | null;
}

/** Trains a model at its smallest sizes by its own procedure on the current backend, reading memory at every evaluation. */
export async function longRun(
  model: string,
  backend: BackendInfo,
  steps: number,
  evaluateEvery: number,
): Promise<LongRun> {
  const before = held();
  // Few rows, so that little of the time is evaluation.
  const dataset = simulatedSmall(400);
  const run = createRun({
    id: 'run',
    dataset,
    backend,
    setup: parseSetup({
      model,
      settings: { ...presetSettings(model, 'tiny'), ...phases[model]?.settings(steps) },
      training: {
        ...defaultTraining(),
        steps,
        batch: 8,
        evaluateEvery,
        evaluationRows: 50,
        patience: 10_000,
      },
      dataset: dataset.id,
      seed: 5,
      backend: backend.name,
    }),
  });
  const readings: (Held & { readonly step: number })[] = [];
  const kinds = new Map<string, number>();
  for await (const event of run.events) {
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
    if (event.kind === 'evaluation') readings.push({ step: event.step, ...held() });
  }
  run.dispose();
  const own = phases[model];
  return {
    model,
    before,
    readings,
    after: held(),
    steps: kinds.get('step') ?? 0,
    own: own ? { kind: own.kind, seen: kinds.get(own.kind) ?? 0, least: own.least } : null,
  };
}
