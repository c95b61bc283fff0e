/** Tests of significance, distributions and smoothing against SciPy's numbers (tests/reference/training/significance.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deLongTest, normalTwoSided, pairedTest, smooth, spread, studentQuantile, studentTwoSided } from '.';

interface Fixture {
  readonly paired: readonly {
    readonly a: number[];
    readonly b: number[];
    readonly t: number;
    readonly p: number;
    readonly difference: number;
    readonly halfWidth: number;
    readonly deviation: number;
  }[];
  readonly deLong: readonly {
    readonly a: number[];
    readonly b: number[];
    readonly label: number[];
    readonly expected: Readonly<Record<'aucA' | 'aucB' | 'difference' | 'standardError' | 'z' | 'p', number>>;
  }[];
  readonly smoothing: readonly {
    readonly factor: number;
    readonly values: (number | null)[];
    readonly smooth: (number | null)[];
  }[];
  readonly tails: {
    readonly student: readonly { readonly t: number; readonly df: number; readonly p: number }[];
    readonly quantile: readonly { readonly alpha: number; readonly df: number; readonly t: number }[];
    readonly normal: readonly { readonly z: number; readonly p: number }[];
  };
}

const fixture = JSON.parse(
  readFileSync(new URL('../../../tests/reference/training/significance.json', import.meta.url), 'utf8'),
) as Fixture;

/** Relative where numbers are small: a p of 1e-30 has digits too. */
function near(found: number, wanted: number, tolerance: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(wanted), 1e-300));
}

describe('SciPy’s numbers', () => {
  it('are the tails and quantiles of Student’s t and of the normal distribution', () => {
    for (const { t, df, p } of fixture.tails.student) near(studentTwoSided(t, df), p, 1e-9);
    for (const { alpha, df, t } of fixture.tails.quantile) near(studentQuantile(alpha, df), t, 1e-9);
    for (const { z, p } of fixture.tails.normal) near(normalTwoSided(z), p, 1e-10);
  });

  it.each(fixture.paired.map((one) => [one.a.length, one] as const))(
    'are the paired test over %d seeds',
    (_, one) => {
      const test = pairedTest(one.a, one.b)!;
      near(test.t!, one.t, 1e-9);
      near(test.p, one.p, 1e-8);
      near(test.difference, one.difference, 1e-9);
      near(test.halfWidth, one.halfWidth, 1e-8);
      near(spread(one.a)!.deviation!, one.deviation, 1e-10);
    },
  );

  it.each(fixture.deLong.map((one) => [one.label.length, one] as const))(
    'are DeLong’s test over %d rows',
    (_, one) => {
      const test = deLongTest(one.a, one.b, one.label)!;
      for (const key of ['aucA', 'aucB', 'difference', 'standardError', 'z', 'p'] as const)
        near(test[key]!, one.expected[key], 1e-9);
    },
  );

  it.each(fixture.smoothing.map((one) => [one.factor, one] as const))(
    'are the weighted means of a curve smoothed by %d',
    (factor, one) => {
      const found = smooth(one.values, factor);
      found.forEach((value, k) => {
        const wanted = one.smooth[k]!;
        if (wanted === null) expect(value).toBeNull();
        else near(value!, wanted, 1e-12);
      });
    },
  );
});
