import { SPLIT, type Dataset } from './dataset';

/** How rows are divided by time: shares of training and validation rows; the rest tests. */
export interface SplitRule {
  readonly train: number;
  readonly validation: number;
  /** In words, for people. */
  readonly meaning: string;
}

/** The usual rule of simulated data, and those of M-scan and AREAD. */
export const SPLIT_RULES = {
  usual: {
    train: 0.8,
    validation: 0.1,
    meaning: 'By time: the first 80 % train, the next 10 % validate, the last 10 % test.',
  },
  mscan: {
    train: 0.5,
    validation: 0.1,
    meaning: 'By time, as M-scan divides: the latest 40 % test; of the rest, the last sixth validates.',
  },
  aread: {
    train: 0.9,
    validation: 0.05,
    meaning: 'By time, as AREAD divides: the first 90 % train, then 5 % validate and 5 % test.',
  },
} as const satisfies Record<string, SplitRule>;

/**
 * The same rows, divided by time under another rule. Borders are drawn over natural traffic (rows counted by `weight`,
 * because evaluation rows of a simulated dataset are topped up for small scenarios); a row keeps its weight wherever it comes
 * to lie. Rows of one moment stay together, so that no moment is on both sides of a border. Under AREAD's rule the topped-up
 * validation rows of simulated data come to train, so small scenarios have a larger share of training than of traffic.
 *
 * @throws RangeError where the dataset has no time, or the rule leaves one of the parts without rows.
 */
export function resplit(dataset: Dataset, rule: SplitRule): Dataset {
  const { timestamp, weight, rows } = dataset;
  if (!timestamp) {
    throw new RangeError(
      `${dataset.title} has no time column, so it can't be split by time; keep the dataset's own split.`,
    );
  }
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => timestamp[a]! - timestamp[b]! || a - b,
  );
  let total = 0;
  for (let row = 0; row < rows; row++) total += weight[row]!;
  let passed = 0;
  let trainEnd = -Infinity;
  let validationEnd = -Infinity;
  for (let k = 0; k < rows; k++) {
    const time = timestamp[order[k]!]!;
    passed += weight[order[k]!]!;
    // A moment belongs to the earlier part only when all its rows fit there.
    const whole = k + 1 === rows || timestamp[order[k + 1]!]! > time;
    if (whole && passed <= rule.train * total) trainEnd = time;
    if (whole && passed <= (rule.train + rule.validation) * total) validationEnd = time;
  }
  const split = new Uint8Array(rows);
  const counts = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const time = timestamp[row]!;
    split[row] = time <= trainEnd ? SPLIT.train : time <= validationEnd ? SPLIT.validation : SPLIT.test;
    counts[split[row]!]!++;
  }
  if (counts.includes(0)) {
    throw new RangeError(
      `${dataset.title} has too few moments in time for this split; keep the dataset's own split.`,
    );
  }
  return { ...dataset, split };
}
