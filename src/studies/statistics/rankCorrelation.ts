/** How two matrices of pairs agree in their order. */
import { midRanks } from './deLong';

/** The cells above the diagonal, row by row. */
function upper(matrix: ArrayLike<number>, count: number): Float64Array {
  const out = new Float64Array((count * (count - 1)) / 2);
  let next = 0;
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) out[next++] = matrix[i * count + j]!;
  return out;
}

const ranked = new WeakMap<object, Float64Array>();

/** Ranks of a matrix's pairs, once a matrix: the truth stays while masks change. */
export function pairRanks(matrix: ArrayLike<number>, count: number): Float64Array {
  let ranks = ranked.get(matrix);
  if (!ranks) ranked.set(matrix, (ranks = midRanks(upper(matrix, count))));
  return ranks;
}

/** Pearson's correlation of two rows of mid-ranks; null where one of them is constant or there are fewer than two. */
function ofRanks(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const n = x.length;
  if (n < 2) return null;
  const mean = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Spearman's rank correlation of two rows of as many numbers; null where one of them is constant or there are fewer than two. */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  return ofRanks(midRanks(Float64Array.from(a)), midRanks(Float64Array.from(b)));
}

/**
 * Spearman's rank correlation of two symmetric matrices' pairs; null where one of them is constant.
 *
 * @param a `[N * N]`, not changed afterwards: its ranks are kept; `b` alike
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, count: number): number | null {
  return ofRanks(pairRanks(a, count), pairRanks(b, count));
}
