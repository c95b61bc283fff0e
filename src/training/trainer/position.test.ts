/** Where a trainer stands: put together from its parts, read from files of the stored format. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/support/smallDataset';
import { openBackend } from '../../engine';
import { findModel } from '../../models/registry';
import { readCheckpoint } from '../checkpoint/checkpoint';
import { parseSetup } from '../parseSetup';
import { createRun } from '../run';
import { presetSettings } from '../setup';
import { createTrainer } from '.';
import type { BackendInfo } from '../../engine';
import type { OwnedTrainer } from '.';

const dataset = smallDataset();
const file = new Uint8Array(
  readFileSync(new URL('../../../tests/formats/samples/checkpoint-finetune.safetensors', import.meta.url)),
);
const { record, trainer: stored } = readCheckpoint(file);
const { model, settings, training } = record.setup;

let backend: BackendInfo;
beforeAll(async () => {
  backend = await openBackend('cpu');
});

const make = (): OwnedTrainer =>
  createTrainer({ configured: findModel(model).configure(settings), dataset, training, seed: 11 });

describe('a checkpoint written before the trainer had parts', () => {
  it('was taken in the second phase of fine-tuning, with best weights and a step that is not evaluated', () => {
    expect(stored.state).toMatchObject({ step: 10, drawn: 10, announced: 10, evaluated: 8, lossSteps: 2 });
    expect(stored.state.best.step).toBe(8);
    expect(stored.state.trainable).not.toBeNull();
    expect(Object.keys(stored.arrays)).toEqual(
      expect.arrayContaining(['embedding', 'adam.moments.embedding', 'loss.sums', 'best.embedding']),
    );
  });

  it('opens, and is written again as it was, to the bit', async () => {
    const trainer = make();
    trainer.restorePosition(stored);
    const { state, arrays } = await trainer.position();
    // Trials were counted once; nothing depended on it.
    const { trials, ...states } = stored.state as typeof stored.state & { trials: number };
    expect(trials).toBe(0);
    expect(state).toEqual(states);
    expect(arrays).toEqual(stored.arrays);
    trainer.dispose();
  });

  it('goes on to the end of its run', async () => {
    const before = tf.memory().numTensors;
    const run = createRun({ id: record.id, setup: parseSetup(record.setup), dataset, backend, from: file });
    const kinds: string[] = [];
    for await (const event of run.events) kinds.push(event.kind);
    expect(kinds.filter((kind) => kind === 'step')).toHaveLength(2);
    expect(kinds.at(-1)).toBe('done');
    expect(run.record('done').history.map(({ step }) => step)).toEqual([4, 8, 12]);
    run.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused by a model that it does not belong to', () => {
    const other = createTrainer({
      configured: findModel('mix').configure(presetSettings('mix', 'tiny')),
      dataset,
      training,
      seed: 1,
    });
    expect(() => other.restorePosition(stored)).toThrow(/must be/);
    other.dispose();
  });
});
