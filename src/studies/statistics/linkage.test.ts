import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRand, clusters } from './linkage';

interface Case {
  readonly count: number;
  readonly groups: number;
  readonly similarity: readonly number[];
  readonly found: readonly number[];
  readonly truth: readonly number[];
  readonly rand: number | null;
}

const cases = JSON.parse(
  readFileSync(new URL('../../../tests/reference/training/clusters.json', import.meta.url), 'utf8'),
) as readonly Case[];

describe.each(cases.map((one) => [one.count, one] as const))('%d points', (count, one) => {
  it('are grouped as SciPy groups them', () => {
    const found = clusters(one.similarity, count, one.groups);
    expect(new Set(found).size).toBe(one.groups);
    expect(adjustedRand(found, one.found)).toBe(one.groups > 1 ? 1 : null);
  });

  it('agree with other groups as counting all pairs says', () => {
    const rand = adjustedRand(one.found, one.truth);
    if (one.rand === null) expect(rand).toBeNull();
    else expect(rand).toBeCloseTo(one.rand, 12);
  });
});

it('knows no names of groups and no order of points, and is 1 for the same groups', () => {
  const labels = fc.array(fc.nat(3), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      const n = Math.min(a.length, b.length);
      const [x, y] = [a.slice(0, n), b.slice(0, n)];
      const rand = adjustedRand(x, y);
      expect(
        adjustedRand(
          [...y].reverse(),
          [...x].reverse().map((label) => 7 - label),
        ),
      ).toBe(rand);
      if (rand !== null) expect(rand).toBeLessThanOrEqual(1);
      const same = adjustedRand(x, x);
      if (same !== null) expect(same).toBe(1);
    }),
  );
});
