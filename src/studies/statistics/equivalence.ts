import { studentTwoSided } from './distributions';
import { spread } from './spread';

/** Probability that Student's T exceeds t. */
function studentAbove(t: number, df: number): number {
  const half = studentTwoSided(t, df) / 2;
  return t >= 0 ? half : 1 - half;
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
  const summary = spread(differences);
  if (!summary || summary.deviation === null) return null;
  const { count, mean, deviation } = summary;
  if (deviation === 0) return Math.abs(mean) < margin ? 0 : 1;
  const error = deviation / Math.sqrt(count);
  const above = studentAbove((mean + margin) / error, count - 1);
  const below = studentAbove((margin - mean) / error, count - 1);
  return Math.max(above, below);
}
