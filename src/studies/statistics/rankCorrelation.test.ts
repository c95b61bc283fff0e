import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from './rankCorrelation';

const matrix = (count: number, value: (i: number, j: number) => number) =>
  Float32Array.from({ length: count * count }, (_, cell) => value(Math.floor(cell / count), cell % count));

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

describe('SciPy’s Spearman correlation', () => {
  const { ranks } = JSON.parse(
    readFileSync(new URL('../../../tests/reference/training/significance.json', import.meta.url), 'utf8'),
  ) as { ranks: readonly { x: number[]; y: number[]; rho: number }[] };

  it.each(ranks.map((one) => [one.rho, one] as const))('%d is found, ties and all', (rho, { x, y }) => {
    // 28 numbers are the pairs of 8 scenarios.
    const matrix = (pairs: readonly number[]): number[] => {
      const out = new Array<number>(64).fill(1);
      let k = 0;
      for (let a = 0; a < 8; a++)
        for (let b = a + 1; b < 8; b++) out[a * 8 + b] = out[b * 8 + a] = pairs[k++]!;
      return out;
    };
    expect(rankCorrelation(matrix(x), matrix(y), 8)).toBeCloseTo(rho, 10);
  });
});
