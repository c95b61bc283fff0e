import { describe, expect, it } from 'vitest';
import { defaultSetup } from '../../training/setup';
import type { RunSummary } from '../../workers/protocol';
import { interruptedRun } from './interruptedRun';

const setup = defaultSetup();
const run = (id: string, change: Partial<RunSummary> = {}): RunSummary => ({
  id,
  name: id,
  createdAt: '2026-01-01T00:00:00Z',
  status: 'interrupted',
  setup: structuredClone(setup),
  datasetTitle: '',
  step: 40,
  domainAuc: null,
  domainNoiseFreeAuc: null,
  hasWeights: false,
  hasCheckpoint: true,
  ...change,
});

describe('a run that was left off', () => {
  it('is the newest of this set-up with a checkpoint', () => {
    expect(interruptedRun([run('new', { status: 'paused' }), run('old')], setup, null)?.id).toBe('new');
    expect(interruptedRun(null, setup, null)).toBeNull();
  });

  it('is not one that ended, that was never begun, of another set-up or seed, or the page’s own', () => {
    const others = [
      run('done', { status: 'done' }),
      run('failed', { status: 'failed' }),
      run('bare', { hasCheckpoint: false }),
      run('unbegun', { step: 0 }),
      run('seed', { setup: { ...setup, seed: setup.seed + 1 } }),
      run('model', { setup: { ...setup, dataset: 'another' } }),
      run('longer', { setup: { ...setup, training: { ...setup.training, steps: 7 } } }),
      run('own'),
    ];
    expect(interruptedRun(others, setup, 'own')).toBeNull();
    expect(interruptedRun([...others, run('left')], setup, 'own')?.id).toBe('left');
  });
});
