import { permutation, stream } from '../simulate/random';
import type { TextColumn } from './table';
import { canonical, isMissing, parseNumber } from './values';

/** What one column alone says of the label. */
export interface FieldEvidence {
  /** AUC of the column as the only feature, at least 0.5 for ordered values; null where a class is missing. */
  readonly auc: number | null;
  /** Whether so high an AUC is beyond chance for these many rows of each class. */
  readonly certain: boolean;
  /** Whether every row in which this 0/1 column is 1 is a positive, beyond chance: an outcome of the click. */
  readonly outcome: boolean;
}

/** Above this AUC a single field gives the label away. */
export const leakAuc = 0.95;
/** Rows looked at; more would not change a verdict at 0.95. */
const mostRows = 100_000;
const folds = 5;
const buckets = 32;

/** AUC with ties counted half, of groups of rows that share a score; null where a class is missing. */
export function groupAuc(
  score: ArrayLike<number>,
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): number | null {
  const order = Array.from({ length: score.length }, (_, i) => i)
    .filter((i) => positives[i]! + negatives[i]! > 0)
    .sort((a, b) => score[a]! - score[b]!);
  let below = 0;
  let wins = 0;
  let allPositives = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let p = 0;
    let n = 0;
    while (end < order.length && score[order[end]!] === score[order[start]!]) {
      p += positives[order[end]!]!;
      n += negatives[order[end]!]!;
      end++;
    }
    wins += p * (below + n / 2);
    below += n;
    allPositives += p;
    start = end;
  }
  return allPositives > 0 && below > 0 ? wins / (allPositives * below) : null;
}

/**
 * How well one column alone predicts the label. Values with an order (`ordered`) are ranked as they are, either way round; every
 * column is also scored by target means that are computed out of fold (5 folds, stratified by label), so that a value seen
 * once says nothing of its own row. Ordered columns with many values are cut into quantile buckets for the latter.
 *
 * @param label 0 or 1 by row of the table.
 * @param rows rows of the table to look at (training rows).
 */
export function fieldEvidence(
  column: TextColumn,
  ordered: boolean,
  label: ArrayLike<number>,
  rows: Int32Array,
): FieldEvidence {
  const looked = rows.length <= mostRows ? rows : evenly(rows, mostRows);
  const value = column.values.map((text) => (isMissing(text) ? null : parseNumber(text)));
  const positives = new Float64Array(column.values.length);
  const negatives = new Float64Array(column.values.length);
  for (const row of looked) {
    const code = column.codes[row]!;
    if (label[row] === 1) positives[code]!++;
    else negatives[code]!++;
  }
  const p = sum(positives);
  const n = sum(negatives);
  if (p === 0 || n === 0) return { auc: null, certain: false, outcome: false };
  let auc = 0.5;
  if (ordered) {
    const known = value.map((_, code) => code).filter((code) => value[code] !== null);
    const direct = groupAuc(
      known.map((code) => value[code]!),
      known.map((code) => positives[code]!),
      known.map((code) => negatives[code]!),
    );
    // Where most rows have no value, the order of the rest is judged with them: the fold means below see "no value" as a value.
    const share =
      known.reduce((total, code) => total + positives[code]! + negatives[code]!, 0) / looked.length;
    if (direct !== null && share > 0.5) auc = Math.max(direct, 1 - direct);
  }
  auc = Math.max(
    auc,
    outOfFoldAuc(groupsOf(column, value, ordered, positives, negatives), column, label, looked) ?? 0.5,
  );
  // Standard error of the AUC of a field that says nothing (Mann–Whitney).
  const error = Math.sqrt((p + n + 1) / (12 * p * n));
  return {
    auc,
    certain: (auc - 0.5) / error > 3.5,
    outcome: isOutcome(value, positives, negatives, p / (p + n)),
  };
}

function isOutcome(
  value: readonly (number | null)[],
  positives: Float64Array,
  negatives: Float64Array,
  rate: number,
): boolean {
  let ones = 0;
  for (let code = 0; code < value.length; code++) {
    if (value[code] !== null && value[code] !== 0 && value[code] !== 1) return false;
    if (value[code] !== 1) continue;
    if (negatives[code]! > 0) return false;
    ones += positives[code]!;
  }
  return ones > 0 && ones < sum(positives) && Math.pow(rate, ones) < 1e-4;
}

/** The group (value, bucket or "nothing") of each code. */
function groupsOf(
  column: TextColumn,
  value: readonly (number | null)[],
  ordered: boolean,
  positives: Float64Array,
  negatives: Float64Array,
): { readonly of: Int32Array; readonly count: number } {
  const of = new Int32Array(column.values.length);
  const present = value.map((_, code) => code).filter((code) => value[code] !== null);
  if (ordered && present.length > buckets * 4) {
    present.sort((a, b) => value[a]! - value[b]!);
    const total = present.reduce((t, code) => t + positives[code]! + negatives[code]!, 0);
    let before = 0;
    for (const code of present) {
      of[code] = 1 + Math.min(buckets - 1, Math.floor((before / Math.max(1, total)) * buckets));
      before += positives[code]! + negatives[code]!;
    }
    return { of, count: buckets + 1 };
  }
  const known = new Map<string, number>();
  column.values.forEach((text, code) => {
    if (isMissing(text)) return;
    const key = canonical(text);
    let group = known.get(key);
    if (group === undefined) known.set(key, (group = known.size + 1));
    of[code] = group;
  });
  return { of, count: known.size + 1 };
}

function outOfFoldAuc(
  groups: { readonly of: Int32Array; readonly count: number },
  column: TextColumn,
  label: ArrayLike<number>,
  rows: Int32Array,
): number | null {
  const fold = stratifiedFolds(label, rows);
  const positives = new Float64Array(groups.count * folds);
  const negatives = new Float64Array(groups.count * folds);
  rows.forEach((row, i) => {
    const cell = groups.of[column.codes[row]!]! * folds + fold[i]!;
    if (label[row] === 1) positives[cell]!++;
    else negatives[cell]!++;
  });
  const allPositives = sum(positives);
  const rate = allPositives / rows.length;
  const score = new Float64Array(positives.length);
  for (let group = 0; group < groups.count; group++) {
    let p = 0;
    let n = 0;
    for (let k = 0; k < folds; k++) {
      p += positives[group * folds + k]!;
      n += negatives[group * folds + k]!;
    }
    // One prior for all folds: a prior of each fold's own would rank folds, and so labels, backwards.
    for (let k = 0; k < folds; k++) {
      const at = group * folds + k;
      score[at] = (p - positives[at]! + rate) / (p + n - positives[at]! - negatives[at]! + 1);
    }
  }
  return groupAuc(score, positives, negatives);
}

function stratifiedFolds(label: ArrayLike<number>, rows: Int32Array): Uint8Array {
  const fold = new Uint8Array(rows.length);
  const order = permutation(rows.length, stream(1, 'import folds'));
  const next = [0, 0];
  for (const i of order) {
    const side = label[rows[i]!] === 1 ? 1 : 0;
    fold[i] = next[side]!++ % folds;
  }
  return fold;
}

function evenly(rows: Int32Array, wanted: number): Int32Array {
  return Int32Array.from({ length: wanted }, (_, i) => rows[Math.floor((i * rows.length) / wanted)]!);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
