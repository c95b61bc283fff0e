import { SPLIT, type Dataset } from './dataset';

/** How rows are divided by time: shares of training and validation rows; the rest tests. */
export interface SplitRule {
  readonly id: string;
  readonly train: number;
  readonly validation: number;
  /** In words, for people. */
  readonly meaning: string;
}

/** The default, and the rules of M-scan and AREAD. */
export const SPLIT_RULES = {
  default: {
    id: 'default',
    train: 0.8,
    validation: 0.1,
    meaning: 'By time: the first 80 % train, the next 10 % validate, the last 10 % test.',
  },
  mscan: {
    id: 'mscan',
    train: 0.5,
    validation: 0.1,
    meaning: 'By time, as M-scan divides: the latest 40 % test; of the rest, the last sixth validates.',
  },
  aread: {
    id: 'aread',
    train: 0.9,
    validation: 0.05,
    meaning: 'By time, as AREAD divides: the first 90 % train, then 5 % validate and 5 % test.',
  },
} as const satisfies Record<string, SplitRule>;

export type SplitRuleId = keyof typeof SPLIT_RULES;

/**
 * Divides rows by time.
 *
 * Rows of equal time stay together, in the earlier part, so that no moment is on both sides of a border; parts may therefore
 * differ from the rule's shares by the number of rows at one moment.
 *
 * @param timestamp seconds `[rows]`.
 * @returns split `[rows]`: 0 train, 1 validation, 2 test.
 * @throws RangeError where the rule's shares don't leave rows for all three parts.
 */
export function splitByTime(timestamp: Float64Array, rule: SplitRule = SPLIT_RULES.default): Uint8Array {
  const { train, validation } = rule;
  if (!(train > 0 && validation > 0 && train + validation < 1)) {
    throw new RangeError(
      `Shares ${train} and ${validation} leave no rows for one of the parts; choose shares that add up to less than 1.`,
    );
  }
  const rows = timestamp.length;
  const sorted = Float64Array.from(timestamp).sort();
  const lastOf = (share: number) => sorted[Math.max(0, Math.round(share * rows) - 1)] ?? 0;
  const trainEnd = lastOf(train);
  const validationEnd = lastOf(train + validation);
  const split = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const time = timestamp[row]!;
    split[row] = time <= trainEnd ? SPLIT.train : time <= validationEnd ? SPLIT.validation : SPLIT.test;
  }
  return split;
}

/**
 * The same rows under another rule. Evaluation rows of a simulated dataset are topped up for small scenarios; the borders are
 * drawn over natural traffic (rows weighted by `weight`), and a row keeps its weight wherever it comes to lie.
 *
 * @throws RangeError where the dataset has no time.
 */
export function resplit(dataset: Dataset, rule: SplitRule): Dataset {
  const { timestamp, weight, rows } = dataset;
  if (!timestamp) {
    throw new RangeError(
      `${dataset.title} has no time column, so it can't be split by time; choose a random split at import.`,
    );
  }
  const order = Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => timestamp[a]! - timestamp[b]! || a - b,
  );
  const total = weight.reduce((sum, w) => sum + w, 0);
  let passed = 0;
  let trainEnd = -Infinity;
  let validationEnd = -Infinity;
  for (const row of order) {
    passed += weight[row]!;
    if (passed <= rule.train * total) trainEnd = timestamp[row]!;
    if (passed <= (rule.train + rule.validation) * total) validationEnd = timestamp[row]!;
  }
  const split = Uint8Array.from(timestamp, (time) =>
    time <= trainEnd ? SPLIT.train : time <= validationEnd ? SPLIT.validation : SPLIT.test,
  );
  return { ...dataset, split };
}

/** Row numbers of one split, ascending. */
export function rowsOf(dataset: Pick<Dataset, 'split' | 'rows'>, split: number): Int32Array {
  let count = 0;
  for (let row = 0; row < dataset.rows; row++) if (dataset.split[row] === split) count++;
  const rows = new Int32Array(count);
  let at = 0;
  for (let row = 0; row < dataset.rows; row++) if (dataset.split[row] === split) rows[at++] = row;
  return rows;
}
