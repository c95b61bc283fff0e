import { expect, it } from 'vitest';
import { evaluationDue } from '../../training/schedule';
import { setupFromParams } from '../../training/setup';
import { atFirstEvaluation, atFirstPruning, atFirstRefresh, atFirstSearch } from './awaited';

const viewOf = (model: string, steps: number, settings = {}, evaluateEvery = 50) => {
  const { setup } = setupFromParams(new URLSearchParams({ model }));
  return {
    steps,
    setup: {
      ...setup,
      settings: { ...setup.settings, ...settings },
      training: { ...setup.training, steps, evaluateEvery },
    },
  };
};

it('an empty picture names the step at which an evaluation fills it', () => {
  for (const [steps, every] of [
    [1000, 50],
    [1000, 7],
    [5, 400],
    [160, 20],
  ] as const) {
    const view = viewOf('mmoe', steps, {}, every);
    const due = Array.from({ length: steps }, (_, k) => k + 1).find((step) =>
      evaluationDue(step, view.setup.training),
    );
    expect(atFirstEvaluation(view)).toBe(`Filled at the first evaluation, at step ${due}.`);
  }
});

it('a picture of masks says when pruning begins, and whether this run comes to it', () => {
  expect(atFirstPruning(viewOf('aread', 1000, { warmup: 100 }))).toBe(
    'Every mask holds every edge at first: pruning begins at step 100.',
  );
  expect(atFirstPruning(viewOf('aread', 60, { warmup: 100 }))).toBe(
    'Every mask holds every edge at first: pruning begins at step 100. This run ends before, at step 60: give it more.',
  );
  expect(atFirstSearch(viewOf('aread', 1000, { warmup: 100 }))).toBe(
    'Filled at the first search, at step 100.',
  );
  expect(atFirstPruning(viewOf('mmoe', 60))).toBe('Every mask holds every edge at first.');
});

it('a picture of coefficients says when they are refreshed first, by steps or by passes over the rows', () => {
  expect(atFirstRefresh(viewOf('sarnet', 1000, { firstRefresh: 40 }))).toBe(
    'Filled at the first refresh of the coefficients, at step 40.',
  );
  expect(atFirstRefresh(viewOf('sarnet', 20, { firstRefresh: 40 }))).toContain('ends before, at step 20');
  expect(atFirstRefresh(viewOf('sarnet', 20, { firstRefresh: 0, fairnessWarmup: 2 }))).toContain(
    'after 2 passes over the training rows',
  );
});
