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

/** Scores in order: what every AUC of the same scores shares. */
export interface ScoreOrder {
  /** Tie group of each row `[n]`, numbered from the lowest score. */
  readonly group: Int32Array;
  readonly groups: number;
}

/** @returns null where a score is not a number */
export function orderScores(score: ArrayLike<number>): ScoreOrder | null {
  const n = score.length;
  if (scratch.length < n) scratch = new Float64Array(n);
  const sorted = scratch.subarray(0, n);
  for (let i = 0; i < n; i++) {
    const value = score[i]!;
    if (Number.isNaN(value)) return null;
    sorted[i] = value;
  }
  sorted.sort();
  let groups = 0;
  for (let i = 0; i < n; i++) {
    if (i === 0 || sorted[i]! !== sorted[groups - 1]!) sorted[groups++] = sorted[i]!;
  }
  const group = new Int32Array(n);
  for (let i = 0; i < n; i++) group[i] = lowerBound(sorted, groups, score[i]!);
  return { group, groups };
}

/** `weightedAuc` over scores that are in order already. */
export function orderedAuc(
  { group, groups }: ScoreOrder,
  positive: ArrayLike<number>,
  negative: ArrayLike<number>,
): number | null {
  const positiveIn = new Float64Array(groups);
  const negativeIn = new Float64Array(groups);
  for (let i = 0; i < group.length; i++) {
    const g = group[i]!;
    positiveIn[g] = positiveIn[g]! + positive[i]!;
    negativeIn[g] = negativeIn[g]! + negative[i]!;
  }
  let positives = 0;
  let negatives = 0;
  let won = 0;
  for (let g = 0; g < groups; g++) {
    const p = positiveIn[g]!;
    const q = negativeIn[g]!;
    won += p * (negatives + q / 2);
    positives += p;
    negatives += q;
  }
  return positives > 0 && negatives > 0 ? won / (positives * negatives) : null;
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
  const order = orderScores(score);
  return order && orderedAuc(order, positive, negative);
}

/** Weights of rows as positives and negatives: `share[i]` of a row is positive. */
export function classWeights(
  share: ArrayLike<number>,
  weight: ArrayLike<number> | null,
): { readonly positive: Float64Array; readonly negative: Float64Array } {
  const n = share.length;
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const w = weight ? weight[i]! : 1;
    positive[i] = w * share[i]!;
    negative[i] = w * (1 - share[i]!);
  }
  return { positive, negative };
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
  const { positive, negative } = classWeights(label, weight);
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
  const { positive, negative } = classWeights(probability, weight);
  return weightedAuc(score, positive, negative);
}
