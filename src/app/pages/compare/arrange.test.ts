import { expect, it } from 'vitest';
import { defaultSetup } from '../../../training/setup';
import type { RunSummary } from '../../../workers/protocol';
import { arranged, found, keysOf, tagsOf } from './arrange';

const base = defaultSetup();
const run = (id: string, name: string, learningRate: number, auc: number | null): RunSummary => ({
  id,
  name,
  createdAt: '2026-01-01T00:00:00.000Z',
  status: 'done',
  setup: { ...base, training: { ...base.training, learningRate } },
  datasetTitle: 'Made up (simulated)',
  step: 10,
  domainAuc: auc,
  domainNoiseFreeAuc: null,
  hasWeights: true,
  hasCheckpoint: false,
});
const runs = [
  run('a', 'first #slow', 0.001, 0.6),
  run('b', 'second #fast #kept', 0.01, null),
  run('c', 'third', 0.002, 0.7),
];
const ids = (list: readonly RunSummary[]) => list.map(({ id }) => id).join('');

it('finds runs by name, tag and any setting', () => {
  expect(tagsOf(runs[1]!)).toEqual(['#fast', '#kept']);
  expect(ids(found(runs, '#fast'))).toBe('b');
  expect(ids(found(runs, 'learningRate=0.002'))).toBe('c');
  expect(ids(found(runs, 'learningrate 0.01 second'))).toBe('b');
  expect(ids(found(runs, ''))).toBe('abc');
});

it('sorts and groups by what every run has and by every setting that differs, numbers as numbers', () => {
  const keys = keysOf(runs);
  const rate = keys.find(({ label }) => label === 'Learning rate')!;
  expect(keys.map(({ name }) => name)).not.toContain('setting dataset');
  expect(arranged(runs, keys, rate.name, null).map((one) => ids(one.runs))).toEqual(['acb']);
  expect(arranged(runs, keys, 'auc', null).map((one) => ids(one.runs))).toEqual(['cab']);
  expect(arranged(runs, keys, 'newest', 'tags').map(({ head, runs: own }) => [head, ids(own)])).toEqual([
    ['tags: #fast #kept', 'b'],
    ['tags: #slow', 'a'],
    ['tags: no tag', 'c'],
  ]);
  expect(arranged(runs, keys, 'auc', rate.name).map(({ head }) => head)).toEqual([
    'Learning rate: 0.001',
    'Learning rate: 0.002',
    'Learning rate: 0.01',
  ]);
});
