/** What holds for every registered model and its own way of training; a new model is tested by being registered. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { chosenModels, representatives } from '../../tests/support/chosenModels';
import { held } from '../../tests/support/longRun';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { openBackend } from '../engine';
import { parseSetup } from './parseSetup';
import { createRun } from './run';
import { defaultTraining, presetSettings } from './setup';
import type { BackendInfo } from '../engine';
import type { TrainingEvent } from './events';
import type { Run } from './run';

const dataset = simulatedSmall(1500);
let backend: BackendInfo;

beforeAll(async () => {
  backend = await openBackend('wasm');
});

/**
 * Representatives (`chosenModels.ts`) train long enough for six evaluations and are broken off at four places, some of them in the
 * midst of their procedures' work. Of the others a break can only find what the model itself keeps outside its variables: one is enough.
 */
const LONG = { steps: 24, breaks: [0.05, 0.35, 0.6, 0.95] };
const SHORT = { steps: 12, breaks: [0.45] };
const long = new Set(representatives().map(({ id }) => id));

function start(model: string, steps: number, from: Uint8Array | null = null): Run {
  return createRun({
    id: 'run',
    dataset,
    backend,
    from,
    setup: parseSetup({
      model,
      settings: presetSettings(model, 'tiny'),
      training: { ...defaultTraining(), steps, batch: 64, evaluateEvery: steps / 6, evaluationRows: 50 },
      dataset: dataset.id,
      seed: 5,
      backend: 'wasm',
    }),
  });
}

async function drain(
  run: Run,
  at: (event: TrainingEvent) => void = () => undefined,
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run.events) {
    events.push(event);
    at(event);
  }
  return events;
}

async function outcome(run: Run): Promise<string> {
  const { arrays } = await run.trainer.snapshot(true);
  const { history, losses, final, bestStep } = run.record('done');
  return JSON.stringify({ arrays, history, losses, final, bestStep });
}

describe.each(chosenModels().map(({ id }) => id))('%s', (model) => {
  const { steps, breaks } = long.has(model) ? LONG : SHORT;
  /** Where a run arrives that nothing disturbs. */
  let expected = '';
  /** Its events after it was ready. */
  let length = 0;

  it('trains to finite metrics, holds as much at each evaluation as at the one before, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const run = start(model, steps);
    const readings: { readonly tensors: number; readonly bytes: number; readonly buffers: number }[] = [];
    const events = await drain(run, ({ kind }) => {
      const { tensors, bytes, buffers } = held();
      // The copy of the best weights is made when there is a best, which a procedure may hold back.
      if (kind === 'evaluation' && run.trainer.bestRevision > 0) readings.push({ tensors, bytes, buffers });
    });
    const [first, ...later] = readings;
    expect(later.length).toBeGreaterThan(0);
    for (const now of later) expect(now).toEqual(first);
    const done = events.at(-1)!;
    expect(done).toMatchObject({ kind: 'done', reason: 'steps' });
    for (const event of events) {
      if (event.kind === 'loss')
        for (const value of Object.values(event.terms)) expect(value).toBeGreaterThan(-1e6);
      if (event.kind !== 'evaluation') continue;
      expect(event.metrics.overall.logLoss).toBeGreaterThan(0);
      expect(event.metrics.domainAuc).toBeGreaterThan(0.2);
      for (const { values } of event.probes) expect(values.every(Number.isFinite)).toBe(true);
    }
    length = events.length - events.findIndex(({ kind }) => kind === 'ready') - 1;
    expected = await outcome(run);
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('broken off again and again it arrives at the same bits', async () => {
    let file: Uint8Array | null = null;
    let reached = 0;
    // Each run goes on from where the last was broken off, so a fault of any break is still there at the end.
    for (const share of breaks) {
      const run = start(model, steps, file);
      // Until it is ready a run is being built, and there is nothing to put away.
      while ((await run.events.next()).value?.kind !== 'ready');
      const until = Math.max(1, Math.floor(share * length));
      for (; reached < until; reached++) await run.events.next();
      file = await run.checkpoint('paused');
      run.dispose();
    }
    const last = start(model, steps, file);
    await drain(last);
    const arrived = await outcome(last);
    last.dispose();
    // Not toEqual of the two: a difference would print every weight.
    expect(arrived === expected).toBe(true);
  });
});
