/** Whether two set-ups differ, paired over seeds. */
import { studentTwoSided } from './distributions';
import { spread } from './spread';

export interface PairedTest {
  readonly pairs: number;
  /** Mean of a - b. */
  readonly difference: number;
  /** Half width of the 95 % interval of the difference. */
  readonly halfWidth: number;
  readonly t: number | null;
  /** Two-sided; 1 where a and b agree in every pair, 0 where they differ by the same amount in every pair. */
  readonly p: number;
}

/** a − b by place; null where either is undefined. */
function pairwise(a: readonly (number | null)[], b: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, i) => {
    const [x, y] = [a[i] ?? null, b[i] ?? null];
    return x === null || y === null ? null : x - y;
  });
}

/**
 * Student's paired test of two runs over the same seeds. Pairs with an undefined side are left out.
 *
 * @param a values by seed
 * @param b values of the other run, same seeds in the same order
 * @returns null with fewer than two pairs: one pair says nothing of chance
 */
export function pairedTest(a: readonly (number | null)[], b: readonly (number | null)[]): PairedTest | null {
  const summary = spread(pairwise(a, b));
  if (!summary || summary.deviation === null || summary.halfWidth === null) return null;
  const { count, mean, deviation, halfWidth } = summary;
  if (deviation === 0) {
    return { pairs: count, difference: mean, halfWidth: 0, t: null, p: mean === 0 ? 1 : 0 };
  }
  const t = mean / (deviation / Math.sqrt(count));
  return { pairs: count, difference: mean, halfWidth, t, p: studentTwoSided(t, count - 1) };
}

export interface PairedDifference {
  /** Mean of a - b; null without a pair. */
  readonly mean: number | null;
  /** Of `pairedTest`; null with fewer than two pairs. */
  readonly p: number | null;
  readonly pairs: number;
  /** Pairs in which a is larger. */
  readonly wins: number;
}

/**
 * How metrics of one set-up differ from those of another, paired over seeds. Pairs with an undefined side are left out.
 *
 * @param a values by seed
 * @param b values of the other, same seeds in the same order
 */
export function pairedDifference(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): PairedDifference {
  const differences = pairwise(a, b).filter((value) => value !== null);
  return {
    mean: spread(differences)?.mean ?? null,
    p: pairedTest(a, b)?.p ?? null,
    pairs: differences.length,
    wins: differences.filter((value) => value > 0).length,
  };
}
