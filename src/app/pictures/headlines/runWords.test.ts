import { describe, expect, it } from 'vitest';
import {
  clustersHeadline,
  fairnessHeadline,
  recoveryHeadline,
  rowHeadline,
  separationHeadline,
  slicesHeadline,
  sharedExpertsHeadline,
} from './runWords';

describe('a representation', () => {
  it.each([
    [
      0.4,
      0.01,
      'Scenarios stand apart: 40.0\u202f% of the variance lies between them, by chance 1.00\u202f%.',
    ],
    [
      0.012,
      0.01,
      'This layer hardly tells scenarios apart: 1.20\u202f% of the variance lies between them, by chance 1.00\u202f%.',
    ],
    [null, null, 'The points do not vary, so nothing parts the scenarios.'],
  ])('%j of variance between scenarios', (between, betweenChance, said) => {
    expect(separationHeadline({ between, betweenChance, neighbours: 0.34, chance: 0.33 })).toBe(said);
  });

  it('whose means are alike may tell scenarios apart by neighbours', () => {
    expect(
      separationHeadline({ between: 0.01, betweenChance: 0.01, neighbours: 0.8, chance: 0.33 }),
    ).toContain('yet 80.0\u202f% of neighbours are of the same scenario, by chance 33.0\u202f%');
  });
});

const point = (step: number, intervened: number | null, other: number | null, all: number | null) => ({
  step,
  groups: { intervened: { median: intervened }, other: { median: other }, all: { median: all } },
});

describe('fairness coefficients', () => {
  it.each([
    [[], null],
    [
      [point(10, 1, 1, 1), point(20, 0.8, 1.05, 1)],
      'At step 20 promoted items’ median coefficient is 0.8, 0.25 below other items’ (simulated).',
    ],
    [
      [point(20, 1.2, 1, 1)],
      'At step 20 promoted items’ median coefficient is 1.2, 0.2 above other items’ (simulated).',
    ],
    [
      [point(20, 1, 1, 1)],
      'At step 20 promoted items’ median coefficient is 1, as other items’ (simulated).',
    ],
    [
      [point(20, null, null, 0.9)],
      'At step 20 half of the items have a coefficient below 0.9; which were promoted is not known.',
    ],
    [[point(20, null, null, null)], 'At step 20 the coefficients are undefined.'],
  ])('%#', (points, said) => {
    expect(fairnessHeadline(points)).toBe(said);
  });

  it.each([
    [[], null],
    [
      [{ step: 5, auc: 0.81 }],
      'At step 5 low coefficients find promoted rows with AUC 0.8100, better than chance (simulated).',
    ],
    [
      [{ step: 5, auc: 0.51 }],
      'At step 5 low coefficients find promoted rows with AUC 0.5100, no better than chance (simulated).',
    ],
    [
      [{ step: 5, auc: 0.3 }],
      'At step 5 low coefficients find promoted rows with AUC 0.3000, worse than chance: low coefficients fall on other rows (simulated).',
    ],
  ])('find promoted rows %#', (points, said) => {
    expect(recoveryHeadline(points)).toBe(said);
  });
});

describe('one row in every scenario', () => {
  const names = ['Home', 'Cart'];

  it.each([
    [[0.1, 0.3], null, 'Row 17 in Home: predicted 10.0\u202f%; highest in Cart, 30.0\u202f%.'],
    [[0.3, 0.1], null, 'Row 17 in Home: predicted 30.0\u202f%; highest of all here.'],
    [
      [0.1, 0.3],
      [0.2, 0.4],
      'Row 17 in Home: predicted 10.0\u202f%, true 20.0\u202f% (simulated); highest in Cart, 30.0\u202f%, as it truly is.',
    ],
    [
      [0.1, 0.3],
      [0.2, 0.15],
      'Row 17 in Home: predicted 10.0\u202f%, true 20.0\u202f% (simulated); highest in Cart, 30.0\u202f%, truly in Home.',
    ],
    [
      [0.2, 0.2],
      null,
      'Row 17 in Home: predicted 20.0\u202f%; the model expects the same in every scenario.',
    ],
    [[0.2], null, 'Row 17 in Home: predicted 20.0\u202f%.'],
  ])('%j, truly %j', (probability, truth, said) => {
    expect(rowHeadline({ row: 17, scenario: 0, probability, truth }, names)).toBe(said);
  });
});

describe('slices', () => {
  it.each([
    [[], null],
    [[['first', null]], 'No value of slot has an AUC that is defined.'],
    [
      [
        ['first', 0.7],
        ['second', null],
      ],
      'Only first has an AUC that is defined: 0.7000.',
    ],
    [
      [
        ['first', 0.7],
        ['second', 0.7],
      ],
      'Every value of slot ranks alike: 0.7000.',
    ],
    [
      [
        ['first', 0.7],
        ['second', 0.62],
      ],
      'By slot the model ranks best at first (0.7000) and worst at second (0.6200).',
    ],
  ] as const)('%j', (slices, said) => {
    expect(
      slicesHeadline(
        'slot',
        slices.map(([name, auc]) => ({ name, auc })),
      ),
    ).toBe(said);
  });
});

describe('clusters and experts', () => {
  it('say how many share what', () => {
    expect(clustersHeadline([{ names: ['a', 'b'] }, { names: ['c'] }], 0.5)).toBe(
      '3 scenarios share 2 towers, the largest 2 of them; agreement with the simulator’s groups is 0.5 (1 the same, 0 chance).',
    );
    expect(clustersHeadline([{ names: ['a', 'b'] }], null)).toBe('All 2 scenarios share one tower.');
    expect(clustersHeadline([], null)).toBeNull();
  });

  it('say which expert serves the fewest', () => {
    const experts = ['1.0', '1.1', '2.0'].map((label) => ({ label }));
    expect(sharedExpertsHeadline([1, 0.5, 0, 1, 0.5, 1], 2, experts)).toBe(
      '2 of 3 experts serve every scenario; 2.0 serves the fewest, 1 of 2.',
    );
    expect(sharedExpertsHeadline([1, 1, 1], 1, experts)).toBe('Every scenario uses all 3 experts.');
    expect(sharedExpertsHeadline([], 0, experts)).toBeNull();
  });
});
