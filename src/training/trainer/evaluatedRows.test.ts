import { expect, it } from 'vitest';
import { tinyDataset } from '../../data/simulate/testing';
import { defaultTraining } from '../setup';
import { evaluationSet, prepareEvaluation } from './evaluatedRows';

it('are made once a dataset, and are there for a run where they were prepared', async () => {
  const dataset = await tinyDataset();
  const training = { ...defaultTraining(), evaluationRows: 50 };
  let read = 0;
  const watched = new Proxy(dataset, {
    get(target, name) {
      if (name === 'split') read++;
      return target[name as keyof typeof target];
    },
  });
  prepareEvaluation(watched, training);
  const before = read;
  const set = evaluationSet(watched, 'validation', 50);
  expect(set.rows.length).toBeGreaterThan(0);
  expect(set.ceilings.scenarios.length).toBe(dataset.scenarios.length);
  expect(read).toBe(before);
  expect(evaluationSet(watched, 'validation', 50)).toBe(set);
  expect(evaluationSet(watched, 'validation', 20)).not.toBe(set);
  expect(evaluationSet(watched, 'test', 50)).not.toBe(set);
});
