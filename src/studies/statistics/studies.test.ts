/** Statistics of studies against SciPy's numbers (tests/reference/training/studies.py), and what must always hold. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  criticalDifference,
  equivalenceTest,
  friedman,
  holm,
  oneSidedTest,
  pairedPower,
  pairedTest,
  powerWithin,
  seedsUntil,
  spread,
  studentQuantile,
} from '.';
import { chiSquaredAbove, normalAbove } from './distributions';

interface Paired {
  readonly effect: number;
  readonly deviation: number;
  readonly pairs: number;
  readonly alpha: number;
}

interface Fixture {
  readonly holm: readonly { readonly p: number[]; readonly adjusted: number[] }[];
  readonly equivalence: readonly { readonly differences: number[]; readonly p: number }[];
  readonly friedman: readonly {
    readonly figures: number[][];
    readonly chiSquared: number;
    readonly p: number;
    readonly meanRanks: number[];
  }[];
  readonly nemenyi: readonly {
    readonly models: number;
    readonly worlds: number;
    readonly alpha: number;
    readonly difference: number;
  }[];
  readonly bootstrap: readonly {
    readonly values: number[];
    readonly low: number;
    readonly high: number;
    readonly spread: number;
  }[];
  readonly oneSided: readonly {
    readonly differences: number[];
    readonly bound: number;
    readonly above: number;
    readonly below: number;
  }[];
  readonly within: readonly (Paired & {
    readonly low: number | null;
    readonly high: number | null;
    readonly power: number;
  })[];
  readonly power: readonly (Paired & { readonly power: number })[];
  readonly seeds: readonly (Paired & { readonly more: number })[];
  readonly tails: {
    readonly chiSquared: readonly { readonly x: number; readonly df: number; readonly p: number }[];
    readonly normal: readonly { readonly z: number; readonly p: number }[];
  };
}

const fixture = JSON.parse(
  readFileSync(new URL('../../../tests/reference/training/studies.json', import.meta.url), 'utf8'),
) as Fixture;

function near(found: number | null | undefined, wanted: number, tolerance: number): void {
  expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThanOrEqual(
    tolerance * Math.max(Math.abs(wanted), 1e-12),
  );
}

const figure = fc.double({ min: -1, max: 1, noNaN: true });
const p = fc.double({ min: 0, max: 1, noNaN: true });

describe('SciPy’s numbers', () => {
  it('are the tails of the chi-squared and the normal distribution', () => {
    for (const { x, df, p: wanted } of fixture.tails.chiSquared) near(chiSquaredAbove(x, df), wanted, 1e-9);
    for (const { z, p: wanted } of fixture.tails.normal) near(normalAbove(z), wanted, 1e-9);
  });

  it('are Holm’s adjusted p', () => {
    for (const one of fixture.holm) holm(one.p).forEach((found, k) => near(found, one.adjusted[k]!, 1e-12));
  });

  it('are the two one-sided tests at 0.002', () => {
    for (const one of fixture.equivalence) near(equivalenceTest(one.differences, 0.002), one.p, 1e-8);
  });

  it('are the one-sided tests at −0.002 and other bounds', () => {
    for (const one of fixture.oneSided) {
      near(oneSidedTest(one.differences, one.bound, 'above'), one.above, 1e-8);
      near(oneSidedTest(one.differences, one.bound, 'below'), one.below, 1e-8);
    }
  });

  it('are the power of one-sided tests and of two at once', () => {
    for (const { low, high, alpha, effect, deviation, pairs, power } of fixture.within) {
      const bounds = { low: low ?? -Infinity, high: high ?? Infinity, alpha };
      expect(Math.abs(powerWithin(bounds, effect, deviation, pairs) - power)).toBeLessThan(1e-6);
    }
  });

  it('are Friedman’s test with ties and its mean ranks', () => {
    for (const one of fixture.friedman) {
      const test = friedman(one.figures);
      near(test.chiSquared, one.chiSquared, 1e-9);
      near(test.p, one.p, 1e-8);
      test.meanRanks.forEach((rank, k) => near(rank, one.meanRanks[k]!, 1e-12));
    }
  });

  it('are Nemenyi’s critical differences', () => {
    for (const one of fixture.nemenyi)
      near(criticalDifference(one.models, one.worlds, one.alpha), one.difference, 1e-6);
  });

  it('are the power of the paired test and the seeds that it asks for', () => {
    for (const one of fixture.power)
      near(pairedPower(one.effect, one.deviation, one.pairs, one.alpha), one.power, 1e-6);
    for (const one of fixture.seeds)
      expect(seedsUntil((n) => pairedPower(one.effect, one.deviation, n, one.alpha) >= 0.8, one.pairs)).toBe(
        one.more,
      );
  });

  it('of all resamples lie within a tenth of their spread of the drawn ones', () => {
    for (const one of fixture.bootstrap) {
      const [low, high] = bootstrapInterval(one.values, { resamples: 20_000 })!;
      expect(Math.abs(low - one.low)).toBeLessThan(0.1 * one.spread);
      expect(Math.abs(high - one.high)).toBeLessThan(0.1 * one.spread);
    }
  });
});

describe('always', () => {
  it('an adjusted p is no smaller, keeps the order, and one test alone is its own', () => {
    fc.assert(
      fc.property(fc.array(fc.option(p), { maxLength: 20 }), (given) => {
        const found = holm(given);
        found.forEach((value, i) => {
          expect(value === null).toBe(given[i] === null);
          if (value === null) return;
          expect(value).toBeGreaterThanOrEqual(given[i]!);
          expect(value).toBeLessThanOrEqual(1);
          given.forEach((other, j) => {
            if (other !== null && other <= given[i]!) expect(found[j]!).toBeLessThanOrEqual(value);
          });
        });
      }),
    );
    expect(holm([0.03])).toEqual([0.03]);
  });

  it('an equivalence holds for a wider margin if for a narrow one, and exactly where the 90 % interval is inside', () => {
    fc.assert(
      fc.property(
        fc.array(figure, { minLength: 3, maxLength: 8 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, margin) => {
          const narrow = equivalenceTest(values, margin)!;
          const { mean, deviation } = spread(values)!;
          const half = (studentQuantile(0.1, values.length - 1) * deviation!) / Math.sqrt(values.length);
          fc.pre(deviation! > 1e-9 && Math.abs(Math.abs(mean) + half - margin) > 1e-9);
          expect(narrow < 0.05).toBe(Math.abs(mean) + half < margin);
          expect(equivalenceTest(values, margin * 2)!).toBeLessThanOrEqual(narrow + 1e-12);
          expect(
            equivalenceTest(
              values.map((value) => -value),
              margin,
            )!,
          ).toBeCloseTo(narrow, 9);
        },
      ),
    );
    expect(equivalenceTest([0.1], 0.2)).toBeNull();
    expect(equivalenceTest([0.001, 0.001], 0.002)).toBe(0);
    expect(equivalenceTest([0.003, 0.003], 0.002)).toBe(1);
  });

  it('one side of a bound is the other’s contrary, and a lower bound is passed more easily', () => {
    fc.assert(
      fc.property(fc.array(figure, { minLength: 2, maxLength: 8 }), figure, (values, bound) => {
        fc.pre(spread(values)!.deviation! > 1e-6);
        const above = oneSidedTest(values, bound, 'above')!;
        expect(above + oneSidedTest(values, bound, 'below')!).toBeCloseTo(1, 10);
        expect(oneSidedTest(values, bound - 0.1, 'above')!).toBeLessThanOrEqual(above + 1e-12);
        const mirrored = values.map((value) => -value);
        expect(oneSidedTest(mirrored, -bound, 'below')!).toBeCloseTo(above, 10);
      }),
    );
    expect(oneSidedTest([0.1], 0, 'above')).toBeNull();
    expect(oneSidedTest([0.1, null, 0.1], 0, 'above')).toBe(0);
    expect(oneSidedTest([0, 0], 0, 'above')).toBe(1);
  });

  it('an interval of resampled means holds the mean, stays within the values and comes again', () => {
    fc.assert(
      fc.property(fc.array(figure, { minLength: 2, maxLength: 8 }), fc.integer(), (values, seed) => {
        const [low, high] = bootstrapInterval(values, { seed, resamples: 200 })!;
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        expect(bootstrapInterval(values, { seed, resamples: 200 })).toEqual([low, high]);
      }),
      { numRuns: 30 },
    );
    expect(bootstrapInterval([0.5, null])).toBeNull();
  });

  it('ranks add up, and do not change under what keeps the order', () => {
    const table = fc
      .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 6 }))
      .chain(([worlds, models]) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: models, maxLength: models }), {
          minLength: worlds,
          maxLength: worlds,
        }),
      );
    fc.assert(
      fc.property(table, (figures) => {
        const models = figures[0]!.length;
        const test = friedman(figures);
        expect(test.meanRanks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(
          (models * (models + 1)) / 2,
          9,
        );
        const grown = friedman(figures.map((row) => row.map((value) => Math.exp(value))));
        expect(grown).toEqual(test);
      }),
    );
    expect(
      friedman([
        [1, null],
        [2, 1],
        [3, 1],
      ]).blocks,
    ).toBe(2);
    expect(friedman([]).p).toBeNull();
    expect(
      friedman([
        [1, 1],
        [2, 2],
      ]).p,
    ).toBeNull();
    expect(() => criticalDifference(1, 5)).toThrow(/two models/);
  });

  it('power grows with seeds and effect, is the level without an effect, and seeds end at a thousand', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        fc.integer({ min: 2, max: 60 }),
        (effect, pairs) => {
          const power = pairedPower(effect, 1, pairs);
          expect(pairedPower(effect, 1, pairs + 1)).toBeGreaterThanOrEqual(power - 1e-6);
          expect(pairedPower(effect * 1.5, 1, pairs)).toBeGreaterThanOrEqual(power - 1e-6);
          expect(pairedPower(0, 1, pairs)).toBeCloseTo(0.05, 5);
        },
      ),
      { numRuns: 20 },
    );
    expect(seedsUntil((n) => pairedPower(0.01, 1, n) >= 0.8, 5)).toBeNull();
    expect(seedsUntil((n) => n >= 1000, 5)).toBe(995);
    expect(seedsUntil((n) => n >= 1001, 5)).toBeNull();
    expect(seedsUntil(() => true, 5)).toBe(0);
    expect(pairedTest([0.1, 0.2], [0.1, 0.2])?.p).toBe(1);
  });
});
