import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from '../../training/metrics';
import { midRanks } from './deLong';
import {
  completeSpread,
  deLongTest,
  normalTwoSided,
  pairedDifference,
  pairedTest,
  smooth,
  spread,
  studentQuantile,
  studentTwoSided,
} from '.';

describe('distributions', () => {
  it('agree with printed tables of Student’s t', () => {
    expect(studentQuantile(0.05, 1)).toBeCloseTo(12.7062, 4);
    expect(studentQuantile(0.05, 4)).toBeCloseTo(2.77645, 5);
    expect(studentQuantile(0.01, 30)).toBeCloseTo(2.75, 4);
    for (const t of [0.3, 2.1, 9]) {
      // Closed forms for 2 and 4 degrees of freedom.
      const x = t / Math.sqrt(4 + t * t);
      expect(studentTwoSided(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
      expect(studentTwoSided(t, 4)).toBeCloseTo(1 - x * (1 + (1 - x * x) / 2), 12);
    }
  });

  it('agree with printed tables of the normal distribution', () => {
    expect(normalTwoSided(0)).toBe(1);
    expect(normalTwoSided(1)).toBeCloseTo(0.3173105, 7);
    expect(normalTwoSided(1.959963985)).toBeCloseTo(0.05, 8);
    expect(normalTwoSided(-5) / 5.733031e-7).toBeCloseTo(1, 6);
  });
});

describe('spread over seeds', () => {
  it('leaves undefined values out and needs two for a deviation', () => {
    expect(spread([null, null])).toBeNull();
    expect(spread([0.7, null])).toEqual({ count: 1, mean: 0.7, deviation: null, halfWidth: null });
    const three = spread([1, 2, 3])!;
    expect(three.deviation).toBe(1);
    expect(three.halfWidth).toBeCloseTo(4.30265 / Math.sqrt(3), 4);
  });
});

describe('spread over all seeds', () => {
  it('is undefined where any value is', () => {
    expect(completeSpread([1, 2, 3])).toMatchObject({ mean: 2, deviation: 1 });
    expect(completeSpread([4])).toMatchObject({ mean: 4, deviation: null });
    expect(completeSpread([1, null])).toBeNull();
    expect(completeSpread([])).toBeNull();
  });
});

describe('paired difference', () => {
  it('pairs by place, leaves undefined pairs out and counts those that a wins', () => {
    expect(pairedDifference([0.5, 0.75, null, 0.5], [0.25, 1, 0.5, 0.25])).toMatchObject({
      mean: 0.25 / 3,
      pairs: 3,
      wins: 2,
    });
    expect(pairedDifference([0.5], [0.25])).toEqual({ mean: 0.25, p: null, pairs: 1, wins: 1 });
    expect(pairedDifference([null], [0.25])).toEqual({ mean: null, p: null, pairs: 0, wins: 0 });
  });
});

describe('paired test', () => {
  it('gives the textbook t and p', () => {
    // differences 0.01, 0.02, 0, 0.02, 0.005: mean 0.011, sd 0.00894427, t = 2.75, df 4
    const test = pairedTest([0.71, 0.72, 0.69, 0.73, 0.7], [0.7, 0.7, 0.69, 0.71, 0.695])!;
    expect(test.difference).toBeCloseTo(0.011, 10);
    expect(test.t).toBeCloseTo(2.75, 2);
    expect(test.p).toBeCloseTo(0.0514, 3);
  });

  it('is undefined for one pair, certain for constant differences', () => {
    expect(pairedTest([0.7], [0.6])).toBeNull();
    expect(pairedTest([0.5, 0.75], [0.25, 0.5])).toMatchObject({ t: null, p: 0 });
    expect(pairedTest([0.7, 0.8], [0.7, 0.8])).toMatchObject({ difference: 0, p: 1 });
  });
});

describe('DeLong’s test', () => {
  const rows = fc.array(
    fc.record({
      a: fc.integer({ min: 0, max: 9 }),
      b: fc.integer({ min: 0, max: 9 }),
      y: fc.constantFrom(0, 1),
    }),
    { minLength: 4, maxLength: 60 },
  );

  it('finds the AUCs that the metrics find, and turns its sign with the order of runs', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [a, b, y] = [all.map((r) => r.a), all.map((r) => r.b), all.map((r) => r.y)];
        const positives = y.filter((label) => label === 1).length;
        const test = deLongTest(a, b, y);
        expect(test !== null).toBe(Math.min(positives, y.length - positives) >= 2);
        if (!test) return;
        expect(test.aucA).toBeCloseTo(auc(a, y)!, 10);
        expect(test.aucB).toBeCloseTo(auc(b, y)!, 10);
        expect(deLongTest(b, a, y)!.difference).toBeCloseTo(-test.difference, 12);
        expect(test.p).toBeGreaterThanOrEqual(0);
        expect(test.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is undefined with fewer than two rows of a class, and sees no difference of a run to itself', () => {
    expect(deLongTest([1, 2, 3], [1, 2, 3], [1, 0, 0])).toBeNull();
    expect(deLongTest([1, 2, 3, 4], [1, 2, 3, 4], [1, 0, 1, 0])).toMatchObject({ difference: 0, p: 1 });
  });

  it('gives the same numbers as its definition over all pairs', () => {
    // Made by tests/reference/training/metrics.py.
    const { score, other, label, expected } = JSON.parse(
      readFileSync(new URL('../../../tests/reference/training/metrics.json', import.meta.url), 'utf8'),
    ) as {
      readonly score: number[];
      readonly other: number[];
      readonly label: number[];
      readonly expected: { readonly deLong: Record<string, number> };
    };
    const test = deLongTest(score, other, label)!;
    for (const [key, value] of Object.entries(expected.deLong)) {
      expect(test[key as keyof typeof test], key).toBeCloseTo(value, 10);
    }
  });

  it('shares ranks among ties', () => {
    expect([...midRanks(Float64Array.of(3, 1, 3, 2))]).toEqual([3.5, 1, 3.5, 2]);
  });
});

describe('smoothing', () => {
  it('keeps a constant curve as it is from the first point on', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (x, f) => {
          for (const value of smooth(
            Array.from({ length: 20 }, () => x),
            f,
          ))
            expect(value).toBeCloseTo(x, 10);
        },
      ),
    );
  });

  it('stays within the values and keeps gaps', () => {
    expect(smooth([1, null, 3], 0)).toEqual([1, null, 3]);
    const curve = smooth([0, 1, null, 1], 0.5);
    expect(curve[2]).toBeNull();
    expect(curve[1]).toBeCloseTo(2 / 3);
    expect(curve[3]).toBeCloseTo(6 / 7);
  });
});
