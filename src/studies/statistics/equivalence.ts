import { studentTwoSided } from './distributions';
import { spread } from './spread';

/** Probability that Student's T exceeds t. */
function studentAbove(t: number, df: number): number {
  const half = studentTwoSided(t, df) / 2;
  return t >= 0 ? half : 1 - half;
}

/**
 * Student's one-sided test of paired differences: whether their mean is above a bound, or below it. Above −margin it is the test of
 * non-inferiority.
 *
 * @param differences one a pair; undefined ones are left out
 * @param bound in the unit of the differences
 * @returns p, small where the mean is on that side of the bound; null with fewer than two pairs
 */
export function oneSidedTest(
  differences: readonly (number | null)[],
  bound: number,
  side: 'above' | 'below',
): number | null {
  const summary = spread(differences);
  if (!summary || summary.deviation === null) return null;
  const { count, mean, deviation } = summary;
  const beyond = side === 'above' ? mean - bound : bound - mean;
  if (deviation === 0) return beyond > 0 ? 0 : 1;
  return studentAbove(beyond / (deviation / Math.sqrt(count)), count - 1);
}

/**
 * Two one-sided tests: whether differences lie between −margin and +margin, paired. A small p says that there is no effect worth
 * the name; below 0.05 exactly where the 90 % interval lies inside. D. Schuirmann, J. Pharmacokin. Biopharm. 15 (1987).
 *
 * @param differences one a pair; undefined ones are left out
 * @param margin above 0, in the unit of the differences
 * @returns p, the larger of both tests'; null with fewer than two pairs
 */
export function equivalenceTest(differences: readonly (number | null)[], margin: number): number | null {
  const above = oneSidedTest(differences, -margin, 'above');
  const below = oneSidedTest(differences, margin, 'below');
  return above === null || below === null ? null : Math.max(above, below);
}
