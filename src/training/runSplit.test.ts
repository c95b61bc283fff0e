import { beforeAll, expect, test } from 'vitest';
import { openBackend } from '../engine';
import { tinyDataset } from '../data/simulate/testing';
import { parseSetup } from './parseSetup';
import { createRun } from './run';
import { defaultTraining, presetSettings } from './setup';
import type { BackendInfo } from '../engine';

let backend: BackendInfo;
beforeAll(async () => {
  backend = await openBackend('cpu');
});

test('a run divides rows as its setting says: all rows before a border train, and no later one', async () => {
  const dataset = await tinyDataset();
  const latest: number[] = [];
  for (const split of ['mscan', 'dataset', 'aread'] as const) {
    const run = createRun({
      id: split,
      setup: parseSetup({
        model: 'mix',
        settings: presetSettings('mix', 'tiny'),
        training: { ...defaultTraining(), batch: 64, split },
        dataset: dataset.id,
        seed: 1,
        backend: 'cpu',
      }),
      dataset,
      backend,
    });
    const { trainingRows } = run.trainer;
    let last = -Infinity;
    for (const row of trainingRows) last = Math.max(last, dataset.timestamp![row]!);
    expect(trainingRows.length).toBe(dataset.timestamp!.filter((time) => time <= last).length);
    latest.push(last);
    run.dispose();
  }
  expect(latest).toEqual([...latest].sort((a, b) => a - b));
  expect(new Set(latest).size).toBe(3);
});
