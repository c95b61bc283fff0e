/**
 * DeLong's test for two correlated AUCs on the same labels, by mid-ranks in O(n log n).
 *
 * E. DeLong, D. DeLong and D. Clarke-Pearson, Biometrics 44 (1988); mid-rank form of X. Sun and W. Xu, IEEE SPL 21 (2014).
 */
import { normalTwoSided } from './distributions';

export interface DeLongTest {
  readonly aucA: number;
  readonly aucB: number;
  /** A - B. */
  readonly difference: number;
  /** Standard error of the difference. */
  readonly standardError: number;
  readonly z: number | null;
  /** Two-sided; 1 where both rank alike, 0 where they differ without any variance. */
  readonly p: number;
}

/** Mid-ranks from 1; ties share the mean of their ranks. */
export function midRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

interface Components {
  readonly auc: number;
  /** Share of negatives that each positive beats. */
  readonly ofPositives: Float64Array;
  /** Share of positives that beat each negative. */
  readonly ofNegatives: Float64Array;
}

function components(positives: Float64Array, negatives: Float64Array): Components {
  const m = positives.length;
  const n = negatives.length;
  const all = new Float64Array(m + n);
  all.set(positives);
  all.set(negatives, m);
  const ranks = midRanks(all);
  const ranksP = midRanks(positives);
  const ranksN = midRanks(negatives);
  const ofPositives = ranksP.map((rank, i) => (ranks[i]! - rank) / n);
  const ofNegatives = ranksN.map((rank, j) => 1 - (ranks[m + j]! - rank) / m);
  let sum = 0;
  for (const value of ofPositives) sum += value;
  return { auc: sum / m, ofPositives, ofNegatives };
}

/** Sample variance (n-1) of a[i] - b[i]. */
function varianceOfDifference(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (a[i]! - b[i]!) / n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[i]! - b[i]! - mean) ** 2;
  return sum / (n - 1);
}

/**
 * @param scoreA `[n]`
 * @param scoreB `[n]`, same rows
 * @param label `[n]` 0 or 1
 * @returns null with fewer than two rows of either class
 */
export function deLongTest(
  scoreA: ArrayLike<number>,
  scoreB: ArrayLike<number>,
  label: ArrayLike<number>,
): DeLongTest | null {
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < label.length; i++) (label[i] === 1 ? positive : negative).push(i);
  if (positive.length < 2 || negative.length < 2) return null;
  const scoresOf = (score: ArrayLike<number>, rows: readonly number[]): Float64Array =>
    Float64Array.from(rows, (row) => score[row]!);
  const a = components(scoresOf(scoreA, positive), scoresOf(scoreA, negative));
  const b = components(scoresOf(scoreB, positive), scoresOf(scoreB, negative));
  const variance =
    varianceOfDifference(a.ofPositives, b.ofPositives) / positive.length +
    varianceOfDifference(a.ofNegatives, b.ofNegatives) / negative.length;
  const difference = a.auc - b.auc;
  const standardError = Math.sqrt(variance);
  const base = { aucA: a.auc, aucB: b.auc, difference, standardError };
  if (variance === 0) return { ...base, z: null, p: difference === 0 ? 1 : 0 };
  const z = difference / standardError;
  return { ...base, z, p: normalTwoSided(z) };
}
