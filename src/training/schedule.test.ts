import { describe, expect, it } from 'vitest';
import { evaluationDue } from './schedule';

const due = (evaluateEvery: number, steps: number): number[] =>
  Array.from({ length: steps + 1 }, (_, step) => step).filter((step) =>
    evaluationDue(step, { evaluateEvery, steps }),
  );

describe('evaluations', () => {
  it('come at even distances, at the last step, and once early', () => {
    expect(due(20, 50)).toEqual([5, 20, 40, 50]);
    expect(due(5, 12)).toEqual([5, 10, 12]);
    expect(due(100, 3)).toEqual([3]);
  });
});
