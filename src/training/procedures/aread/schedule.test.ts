import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchDue, searchesIn, searchPlan } from './schedule';

const settings = { anneal: true, initialDensity: 0.7, targetDensity: 0.4, sigma: 0.2, numCandidates: 10 };

test('the first search uses the printed values', () => {
  expect(searchPlan(settings, 0)).toEqual({ initialDensity: 0.7, sigma: 0.2, candidates: 10 });
  expect(searchPlan({ ...settings, anneal: false }, 5)).toEqual({
    initialDensity: 0.7,
    sigma: 0.2,
    candidates: 10,
  });
});

test('one search of five prunes of 5 % ends at 0.54; annealed starts bring the seventh to 0.4', () => {
  const end = (search: number): number => searchPlan(settings, search).initialDensity * 0.95 ** 5;
  expect(end(0)).toBeCloseTo(0.54165, 4);
  expect(end(5)).toBeGreaterThan(0.4);
  expect(end(6)).toBeLessThan(0.4);
});

test('a start never falls below the target, and at least one candidate stays', () => {
  expect(searchPlan(settings, 50).initialDensity).toBe(0.4);
  expect(searchPlan({ ...settings, numCandidates: 1 }, 500).candidates).toBe(1);
  expect(searchPlan(settings, 1).candidates).toBe(9);
  // A start below the target is kept: there is nothing to prune.
  expect(searchPlan({ ...settings, initialDensity: 0.3 }, 0).initialDensity).toBe(0.3);
});

test('searches come after the warm-up and then every interval', () => {
  const due = (step: number, searches: number): boolean =>
    searchDue({ warmup: 100, maskInterval: 300, numSearches: 0 }, step, searches);
  expect([due(99, 0), due(100, 0), due(100, 1), due(399, 1), due(400, 1)]).toEqual([
    false,
    true,
    false,
    false,
    true,
  ]);
});

test('a run has as many searches as its steps have room for, at most as many as were asked for', () => {
  fc.assert(
    fc.property(
      fc.record({
        warmup: fc.integer({ min: 1, max: 30 }),
        maskInterval: fc.integer({ min: 1, max: 30 }),
        numSearches: fc.integer({ min: 0, max: 5 }),
      }),
      fc.integer({ min: 1, max: 100 }),
      (schedule, steps) => {
        let searches = 0;
        for (let step = 0; step < steps; step++) while (searchDue(schedule, step, searches)) searches++;
        expect(searchesIn(schedule, steps)).toBe(searches);
      },
    ),
  );
});
