/** Area under the ROC curve, exact, ties counted half. */

/** Reused between calls: evaluation runs every few steps over the same number of rows. */
let scratch = new Float64Array(0);

/** First place in `sorted[0…count)` whose value is not below `value`. */
function lowerBound(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * AUC where row i counts as a positive with weight `positive[i]` and as a negative with weight `negative[i]`:
 * `sum_ij P_i N_j ([s_i > s_j] + [s_i = s_j] / 2) / (sum P · sum N)`.
 *
 * With P = p·w and N = (1-p)·w this is the noise-free AUC; with P = y·w and N = (1-y)·w the ordinary weighted one.
 * Memory O(n), time O(n log n).
 *
 * @param score `[n]`
 * @param positive `[n]`, not negative
 * @param negative `[n]`, not negative
 * @returns null where either class weighs nothing, or a score is not a number
 */
export function weightedAuc(
  score: ArrayLike<number>,
  positive: ArrayLike<number>,
  negative: ArrayLike<number>,
): number | null {
  const n = score.length;
  // [0, n): sorted scores; [n, 2n), [2n, 3n): weights of the tie group that starts at this place.
  if (scratch.length < 3 * n) scratch = new Float64Array(3 * n);
  const sorted = scratch.subarray(0, n);
  const positiveAt = scratch.subarray(n, 2 * n).fill(0);
  const negativeAt = scratch.subarray(2 * n, 3 * n).fill(0);
  for (let i = 0; i < n; i++) {
    const value = score[i]!;
    if (Number.isNaN(value)) return null;
    sorted[i] = value;
  }
  sorted.sort();
  for (let i = 0; i < n; i++) {
    const place = lowerBound(sorted, n, score[i]!);
    positiveAt[place] = positiveAt[place]! + positive[i]!;
    negativeAt[place] = negativeAt[place]! + negative[i]!;
  }
  let positives = 0;
  let negatives = 0;
  let won = 0;
  for (let i = 0; i < n; i++) {
    const p = positiveAt[i]!;
    const q = negativeAt[i]!;
    won += p * (negatives + q / 2);
    positives += p;
    negatives += q;
  }
  return positives > 0 && negatives > 0 ? won / (positives * negatives) : null;
}

/**
 * Ordinary AUC.
 *
 * @param label `[n]` 0 or 1
 * @param weight `[n]` row weights; all 1 where left out
 * @returns null where only one class occurs
 */
export function auc(
  score: ArrayLike<number>,
  label: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number | null {
  const n = score.length;
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const w = weight ? weight[i]! : 1;
    if (label[i] === 1) positive[i] = w;
    else negative[i] = w;
  }
  return weightedAuc(score, positive, negative);
}

/**
 * Expected AUC over label noise, of rows whose click probability is known.
 *
 * @param probability `[n]` true click probability
 */
export function noiseFreeAuc(
  score: ArrayLike<number>,
  probability: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number | null {
  const n = score.length;
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const w = weight ? weight[i]! : 1;
    positive[i] = w * probability[i]!;
    negative[i] = w * (1 - probability[i]!);
  }
  return weightedAuc(score, positive, negative);
}
