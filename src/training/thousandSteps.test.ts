/** A long run must not hold more and more: every registered model, trained its own way, over a thousand steps. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { memoryOf, openBackend } from '../engine';
import { models } from '../models/registry';
import { createRun } from './run';
import { defaultTraining, presetSettings } from './setup';
import type { AnySettings } from '../models/settings';

const STEPS = 1000;
/** Early and best evaluations have taken their memory by here; so has each procedure's first phase of its own. */
const WARM = 200;

/** What a run of these steps passes through besides steps and evaluations, and how often at least. */
const phases: Readonly<Record<string, { settings: AnySettings; kind: string; least: number }>> = {
  aread: {
    settings: { warmup: 50, maskInterval: 200, numCandidates: 1, trialSteps: 2, evalSteps: 1 },
    kind: 'procedure-probe',
    least: 5,
  },
  sarnet: { settings: { fairnessWarmup: 1, fairnessRefresh: 4 }, kind: 'procedure-probe', least: 5 },
  finetune: { settings: {}, kind: 'message', least: 1 },
};

// Few rows, so that little of the time is evaluation.
const dataset = simulatedSmall(400);

/** What the library and the backend under it hold. */
function held(): Readonly<Record<string, number>> {
  const { tensors, bytes } = memoryOf();
  const backend = tf.backend() as tf.KernelBackend & { readonly wasm?: { readonly HEAPU8: Uint8Array } };
  return {
    tensors,
    bytes,
    buffers: tf.memory().numDataBuffers,
    known: backend.numDataIds(),
    heap: backend.wasm?.HEAPU8.length ?? 0,
  };
}

async function readings(model: string, name: 'wasm' | 'cpu') {
  const backend = await openBackend(name);
  expect(backend.name).toBe(name);
  const before = held();
  const run = createRun({
    id: 'run',
    dataset,
    backend,
    setup: {
      model,
      settings: { ...presetSettings(model, 'tiny'), ...phases[model]?.settings },
      training: {
        ...defaultTraining(),
        steps: STEPS,
        batch: 8,
        evaluateEvery: 100,
        evaluationRows: 50,
        patience: 10_000,
      },
      dataset: dataset.id,
      seed: 5,
      backend: name,
    },
  });
  const byStep = new Map<number, ReturnType<typeof held>>();
  const kinds = new Map<string, number>();
  for await (const event of run.events) {
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
    if (event.kind === 'evaluation') byStep.set(event.step, held());
  }
  run.dispose();
  return { before, byStep, kinds, after: held() };
}

function declare(model: string, name: 'wasm' | 'cpu'): void {
  it(`${model} on ${name} holds after ${STEPS} steps what it held after ${WARM}`, async () => {
    const { before, byStep, kinds, after } = await readings(model, name);
    const own = phases[model];
    if (own) expect(kinds.get(own.kind) ?? 0).toBeGreaterThanOrEqual(own.least);
    expect(kinds.get('step')).toBe(STEPS);
    const warm = byStep.get(WARM)!;
    expect(warm.tensors).toBeGreaterThan(before.tensors!);
    for (const [step, now] of byStep) if (step > WARM) expect(now, `at step ${step}`).toEqual(warm);
    expect(byStep.has(STEPS)).toBe(true);
    expect(after.tensors).toBe(before.tensors);
    expect(after.known).toBe(before.known);
  });
}

describe('a thousand steps', () => {
  for (const { id } of models) declare(id, 'wasm');
  // The library's own memory is the same code on every backend: one model shows that ours on this one keeps to it.
  declare('mmoe', 'cpu');
});
