import { describe, expect, it } from 'vitest';
import {
  gridHeadline,
  pairsHeadline,
  projectionHeadline,
  sweepHeadline,
  trendHeadline,
  votesHeadline,
} from './matrixWords';
import type { HeatValues } from '../../charts/heatDraw';

const labels = ['Home', 'Cart'].map((label) => ({ label }));
const matrix = (
  rows: number,
  values: readonly number[],
  defined: readonly number[] | null = null,
): HeatValues => ({
  rows,
  columns: values.length / rows,
  values: Float32Array.from(values),
  defined: defined && Uint8Array.from(defined),
});

describe('votes', () => {
  const votes = matrix(2, [0.1, 0.3, 0.2, 0.15]);

  it('without a truth are told where another differs most from a row’s own expert', () => {
    expect(votesHeadline(votes, null, labels)).toBe(
      'Votes differ most from a row’s own expert for Cart’s expert on rows of Home: 30.0\u202f%, its own 10.0\u202f%.',
    );
  });

  it('with a truth are told by their bias and the one furthest off', () => {
    expect(votesHeadline(votes, [0.1, 0.1, 0.3, 0.15], labels)).toBe(
      'On average votes are too high by 5.00\u202f%; furthest off is Cart’s expert on rows of Home: 30.0\u202f%, truly 10.0\u202f% (simulated).',
    );
    expect(votesHeadline(votes, [0.1, 0.5, 0.3, 0.15], labels)).toContain('too low by 15.0\u202f%');
  });

  it('say so where all are the same', () => {
    expect(votesHeadline(matrix(2, [0.1, 0.1, 0.2, 0.2]), null, labels)).toBe(
      'Other scenarios’ experts vote as each row’s own does.',
    );
    expect(votesHeadline(votes, Float32Array.from(votes.values), labels)).toBe(
      'Every vote on another scenario’s rows is the true rate.',
    );
  });

  it('need a second scenario, and cells that are defined', () => {
    expect(votesHeadline(matrix(1, [0.1]), null, labels)).toBe(
      'With one scenario no other expert votes on its rows.',
    );
    expect(votesHeadline(matrix(2, [0.1, 0.3, 0.2, 0.15], [1, 0, 0, 1]), null, labels)).toBeNull();
    // A row whose own vote is undefined has nothing to differ from.
    expect(votesHeadline(matrix(2, [0.1, 0.9, 0.2, 0.15], [0, 1, 1, 1]), null, labels)).toContain(
      'Home’s expert on rows of Cart: 20.0\u202f%, its own 15.0\u202f%',
    );
  });
});

describe('a sweep over α', () => {
  it.each([
    [[], null],
    [[[0, null]], 'No run of the sweep has an AUC that is defined.'],
    [[[0.1, 0.7]], 'One value so far: α = 0.1 reaches 0.7000.'],
    [
      [
        [0, 0.7],
        [1, 0.7],
      ],
      'All 2 values of α rank alike: 0.7000.',
    ],
    [
      [
        [0, 0.68],
        [0.1, 0.72],
        [1, null],
        [2, 0.7],
      ],
      'Of 3 values α = 0.1 ranks best, 0.7200; the worst, α = 0, is 0.04 below.',
    ],
  ] as const)('%j', (points, said) => {
    expect(sweepHeadline(points.map(([alpha, overall]) => ({ alpha, overall })))).toBe(said);
  });
});

describe('the grid of c and α', () => {
  const grid = (values: readonly number[]) => ({ alphas: [0, 1], cs: [0, 0.5], values });

  it.each([
    [[0.6, 0.7, 0.65, 0.66], 'Best are c = 0.5 and α = 0: 0.7000; with that α, c is worth up to 0.1.'],
    [[0.6, 0.6, 0.6, 0.6], 'No pair of c and α ranks better than another: 0.6000.'],
    [[NaN, NaN, NaN, NaN], 'No cell of the grid has an AUC that is defined.'],
    [[NaN, 0.7, 0.65, 0.66], 'Best are c = 0.5 and α = 0: 0.7000.'],
  ])('%j', (values, said) => {
    expect(gridHeadline(grid(values))).toBe(said);
  });

  it('says nothing of no run', () => {
    expect(gridHeadline({ alphas: [], cs: [0], values: [] })).toBeNull();
  });
});

describe('scenarios as points', () => {
  it('are told by the pair furthest apart', () => {
    const three = [...labels, { label: 'Feed' }];
    expect(projectionHeadline([0, 0, 3, 4, 1, 0], [0.6, 0.3], three)).toBe(
      'Home and Cart stand furthest apart; these two axes hold 90.0\u202f% of the variance.',
    );
  });

  it('of one kind, one or none', () => {
    expect(projectionHeadline([0, 0, 0, 0], [0, 0], labels)).toBe(
      'The model represents all scenarios alike.',
    );
    expect(projectionHeadline([0, 0], [0, 0], labels.slice(0, 1))).toBe(
      'With one scenario, Home, nothing can stand apart.',
    );
    expect(projectionHeadline([], [0, 0], [])).toBeNull();
  });
});

describe('pairs of scenarios', () => {
  const three = [...labels, { label: 'Feed' }];
  const values = [0, 1, 4, 1, 0, 2, 4, 2, 0];

  it('are told by the nearest and the furthest, whichever way the numbers go', () => {
    expect(pairsHeadline(matrix(3, values), three, { larger: 'apart', quantity: 'distance' })).toBe(
      'Most alike are Home and Cart (distance 1), least alike Home and Feed (4).',
    );
    expect(pairsHeadline(matrix(3, values), three, { larger: 'alike', quantity: 'cosine' })).toBe(
      'Most alike are Home and Feed (cosine 4), least alike Home and Cart (1).',
    );
  });

  it('of one kind, one or none', () => {
    expect(pairsHeadline(matrix(2, [0, 3, 3, 0]), labels, { larger: 'apart', quantity: 'distance' })).toBe(
      'All pairs are alike: distance 3.',
    );
    expect(pairsHeadline(matrix(1, [0]), labels, { larger: 'apart', quantity: 'distance' })).toBe(
      'With one scenario there is no pair to compare.',
    );
    expect(
      pairsHeadline(matrix(2, [0, 3, 3, 0], [1, 0, 0, 1]), labels, { larger: 'apart', quantity: 'distance' }),
    ).toBeNull();
  });
});

describe('a number over the run', () => {
  it.each([
    [[], null],
    [[[10, null]], 'The mean cosine is undefined so far.'],
    [[[10, 0.5]], 'The mean cosine is 0.5 at step 10.'],
    [
      [
        [10, 0.5],
        [20, 0.5],
      ],
      'The mean cosine is 0.5 at step 20, as at the start.',
    ],
    [
      [
        [10, 0.5],
        [15, null],
        [20, 0.25],
      ],
      'The mean cosine is 0.25 at step 20, -0.250 since step 10.',
    ],
  ] as const)('%j', (points, said) => {
    expect(
      trendHeadline(
        'mean cosine',
        points.map(([step, value]) => ({ step, value })),
      )?.replace('−', '-') ?? null,
    ).toBe(said);
  });
});
