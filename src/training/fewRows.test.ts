/** Every model trains on what little a person may have, and beyond the numbers of scenarios that it was drawn for. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { chosenModels } from '../../tests/support/chosenModels';
import { fewRows } from '../../tests/support/fewRows';
import { openBackend } from '../engine';
import { parseSetup } from './parseSetup';
import { createRun } from './run';
import { defaultTraining, presetSettings } from './setup';
import type { Dataset } from '../data/dataset';
import type { BackendInfo } from '../engine';
import type { TrainingEvent } from './events';

let backend: BackendInfo;

beforeAll(async () => {
  backend = await openBackend('wasm');
});

async function train(model: string, dataset: Dataset, batch: number): Promise<TrainingEvent[]> {
  const training = { ...defaultTraining(), steps: 2, batch, evaluateEvery: 2, evaluationRows: 50 };
  const setup = parseSetup({
    model,
    settings: presetSettings(model, 'tiny'),
    training,
    dataset: dataset.id,
    seed: 5,
    backend: 'wasm',
  });
  const run = createRun({ id: 'run', dataset, backend, from: null, setup });
  const events: TrainingEvent[] = [];
  for await (const event of run.events) events.push(event);
  const { arrays } = await run.trainer.snapshot(true);
  for (const [name, values] of Object.entries(arrays)) {
    expect(values.every(Number.isFinite), name).toBe(true);
  }
  run.dispose();
  return events;
}

const cases = [
  ['one scenario', 20, 1, 8],
  ['two rows', 2, 1, 16],
  ['twelve rows of three scenarios, fewer than a batch', 12, 3, 16],
  ['forty scenarios, most of them absent from a batch', 90, 40, 12],
  // Beyond every number from which a model or an operation computes otherwise.
  ['355 scenarios, most of them absent from a batch', 800, 355, 64],
] as const;

describe.each(chosenModels().map(({ id }) => id))('%s', (model) => {
  it.each(cases)('trains on %s', async (_what, rows, scenarios, batch) => {
    const before = tf.memory().numTensors;
    const events = await train(model, fewRows(rows, scenarios), batch);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'steps' });
    const losses = events.flatMap((event) => (event.kind === 'loss' ? Object.values(event.terms) : []));
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});
