import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOrder, rankCorrelation, reorder } from './order';

const matrix = (count: number, value: (i: number, j: number) => number) =>
  Float32Array.from({ length: count * count }, (_, cell) => value(Math.floor(cell / count), cell % count));

describe('order by clustering', () => {
  it('puts the members of a block side by side', () => {
    // Blocks of even and odd scenarios.
    const order = clusterOrder(
      matrix(6, (i, j) => (i % 2 === j % 2 ? 0.9 : 0.1)),
      6,
    );
    const parity = order.map((s) => s % 2);
    expect([
      [0, 0, 0, 1, 1, 1],
      [1, 1, 1, 0, 0, 0],
    ]).toContainEqual(parity);
  });

  it('is a permutation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (count, seed) => {
        const value = (i: number, j: number) =>
          Math.abs(Math.sin(seed + Math.min(i, j) * 31 + Math.max(i, j) * 17));
        expect([...clusterOrder(matrix(count, value), count)].sort((a, b) => a - b)).toEqual([
          ...Array(count).keys(),
        ]);
      }),
    );
  });

  it('orders 355 scenarios within a second', () => {
    const began = performance.now();
    clusterOrder(
      matrix(355, (i, j) => 1 / (1 + Math.abs((i % 19) - (j % 19)))),
      355,
    );
    // Half a second on an idle core; the margin is for busy ones.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('rank correlation', () => {
  it('is 1 for any rising function, -1 for any falling one, and undefined for a constant', () => {
    const a = matrix(5, (i, j) => i * j + i + j);
    expect(
      rankCorrelation(
        a,
        a.map((v) => v ** 3),
        5,
      ),
    ).toBeCloseTo(1, 12);
    expect(
      rankCorrelation(
        a,
        a.map((v) => -v),
        5,
      ),
    ).toBeCloseTo(-1, 12);
    expect(rankCorrelation(a, new Float32Array(25), 5)).toBeNull();
  });
});

it('reorders rows and columns alike', () => {
  expect([...reorder([1, 2, 3, 4], [1, 0])]).toEqual([4, 3, 2, 1]);
});
