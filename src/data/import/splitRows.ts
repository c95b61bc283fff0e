import { shortened } from '../shortened';
import { permutation, stream } from '../simulate/random';
import { SPLIT } from '../dataset';
import { counted, ImportError, listed, notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import type { Table, TextColumn } from './table';
import { canonical, isMissing, parseNumber } from './values';

/** Seconds (or bin numbers) by table row, NaN where unreadable. */
export type RowTimes = Float64Array;

export interface RowSplit {
  /** Table rows that take part, ascending. */
  readonly rows: Int32Array;
  /** 0 train, 1 validation, 2 test, beside `rows`. */
  readonly split: Uint8Array;
  readonly by: 'column' | 'time' | 'random';
}

/**
 * Divides rows into training, validation and test: by the split column, else by time (the latest rows are the test), else at
 * random within each scenario and label (so that small scenarios keep both classes where they can).
 */
export function splitRows(
  table: Table,
  rows: Int32Array,
  mapping: Mapping,
  given: { readonly split: TextColumn | null; readonly times: RowTimes | null; readonly strata: Strata },
  notices: Notice[],
): RowSplit {
  const wanted = mapping.split.by;
  if (wanted === 'column' && !given.split) {
    throw new ImportError(
      'badMapping',
      'The mapping splits by a column, but no column has the role “split”; give one that role.',
    );
  }
  if (wanted === 'time' && !given.times) {
    throw new ImportError(
      'badMapping',
      'The mapping splits by time, but no column has the role “time”; give one that role, or split at random.',
    );
  }
  const shares = { validation: mapping.split.validation, test: mapping.split.test };
  if ((wanted === 'auto' || wanted === 'column') && given.split) {
    return byColumn(table, rows, given.split, mapping, given, notices);
  }
  if ((wanted === 'auto' || wanted === 'time') && given.times) {
    const split = byTime(rows, given.times, shares);
    tellCoarseTimes(rows, given.times, split, shares, notices);
    return { rows, split, by: 'time' };
  }
  if (wanted === 'auto') {
    notices.push(
      notice(
        'noTimeOrder',
        `No column is mapped as the time of a row, so rows are split at random (seed ${mapping.seed}), evenly over scenarios and labels.`,
      ),
    );
  }
  return { rows, split: atRandom(rows, given.strata, shares, mapping.seed), by: 'random' };
}

interface Shares {
  readonly validation: number;
  readonly test: number;
}

/**
 * The latest rows are the test, those before them the validation; rows of one instant stay together where they can. Where times are
 * so coarse that a part would then be off its share by more than half, training keeps at least half of its share and the rest is
 * divided in the order of the file.
 */
export function byTime(rows: Int32Array, times: RowTimes, shares: Shares): Uint8Array {
  const order = Int32Array.from(rows.keys()).sort((a, b) => times[rows[a]!]! - times[rows[b]!]! || a - b);
  const n = order.length;
  const at = (k: number): number => times[rows[order[k]!]!]!;
  /** The nearest place to `cut` where the time changes, within `low` … `high`; null where there is none. */
  const settle = (cut: number, low: number, high: number): number | null => {
    for (let distance = 0; distance <= n; distance++) {
      for (const place of [cut - distance, cut + distance]) {
        if (place > low && place < high && at(place - 1) !== at(place)) return place;
      }
      if (cut - distance <= low && cut + distance >= high) break;
    }
    return null;
  };
  const validationAt = Math.round(n * (1 - shares.test - shares.validation));
  const testAt = Math.round(n * (1 - shares.test));
  let testStart = settle(testAt, 0, n) ?? testAt;
  let validationStart = settle(validationAt, 0, testStart) ?? Math.min(validationAt, testStart);
  if (isFarOff([validationStart, testStart - validationStart, n - testStart], shares)) {
    const change = settle(validationAt, 0, n);
    // Validation and test need a row each.
    const fits = change !== null && change >= validationAt / 2 && change <= n - 2;
    validationStart = fits ? change : validationAt;
    const held = n - validationStart;
    const portion = Math.round((held * shares.validation) / (shares.validation + shares.test));
    const fair = Math.max(Math.min(validationStart + portion, n - 1), 1);
    const later = settle(fair, validationStart, n);
    testStart = later !== null && Math.abs(later - fair) <= held / 4 ? later : fair;
  }
  const split = new Uint8Array(n);
  for (let k = 0; k < n; k++) {
    split[order[k]!] = k >= testStart ? SPLIT.test : k >= validationStart ? SPLIT.validation : SPLIT.train;
  }
  return split;
}

/** Whether a part strays from its share by more than half of it. @param counts rows of training, validation, test */
function isFarOff(counts: readonly number[], { validation, test }: Shares): boolean {
  const n = counts.reduce((a, b) => a + b, 0);
  const wanted = [1 - validation - test, validation, test];
  // One row more or less is no coarseness.
  return counts.some(
    (count, part) => Math.abs(count - wanted[part]! * n) > Math.max(1, (wanted[part]! * n) / 2),
  );
}

/** Tells where times are so coarse that the shares are others than asked for, or that rows of one time lie in two parts. */
export function tellCoarseTimes(
  rows: Int32Array,
  times: RowTimes,
  split: Uint8Array,
  shares: Shares,
  notices: Notice[],
): void {
  const counts = [0, 0, 0];
  const first = [Infinity, Infinity, Infinity];
  const last = [-Infinity, -Infinity, -Infinity];
  split.forEach((part, r) => {
    const time = times[rows[r]!]!;
    counts[part]!++;
    first[part] = Math.min(first[part]!, time);
    last[part] = Math.max(last[part]!, time);
  });
  const divided = last[0] === first[1] || last[1] === first[2];
  if (!divided && !isFarOff(counts, shares)) return;
  const percent = (part: number): string => `${Math.round((100 * counts[part]!) / split.length)} %`;
  notices.push(
    notice(
      'coarseTime',
      `Many rows share one time${divided ? ', and such rows are divided in the order of the file' : ''}: the split by time has ${percent(0)} of the rows in training, ${percent(1)} in validation and ${percent(2)} in the test.`,
    ),
  );
}

/** How a random split keeps to the composition of the rows. */
export interface Strata {
  /** 0 or 1 by table row. */
  readonly label: ArrayLike<number>;
  /** Scenario index by table row. */
  readonly scenario: ArrayLike<number>;
}

/**
 * A seeded random split that keeps its shares inside every label and scenario: rows in random order, sorted by label and
 * scenario, are dealt by a golden-ratio sequence, whose every run of consecutive terms is spread evenly over 0…1. Where a
 * class has three rows or more, every split gets at least one of them, so that AUC is defined.
 */
export function atRandom(
  rows: Int32Array,
  strata: Strata,
  shares: { readonly validation: number; readonly test: number },
  seed: number,
): Uint8Array {
  const draws = stream(seed, 'import split');
  const order = permutation(rows.length, draws).sort(
    (a, b) =>
      strata.label[rows[a]!]! - strata.label[rows[b]!]! ||
      strata.scenario[rows[a]!]! - strata.scenario[rows[b]!]!,
  );
  const start = draws.uniform(-1);
  const split = new Uint8Array(rows.length);
  order.forEach((i, k) => {
    const place = (start + k * 0.6180339887498949) % 1;
    if (place < shares.test) split[i] = SPLIT.test;
    else if (place < shares.test + shares.validation) split[i] = SPLIT.validation;
  });
  const evaluations = [SPLIT.test, SPLIT.validation].filter(
    (_, k) => [shares.test, shares.validation][k]! > 0,
  );
  for (const label of [0, 1]) {
    const own = order.filter((i) => strata.label[rows[i]!] === label);
    if (own.length < 3) continue;
    for (const which of evaluations) {
      if (own.some((i) => split[i] === which)) continue;
      split[own.find((i) => split[i] === SPLIT.train)!] = which;
    }
  }
  return split;
}

const trainWords = new Set(['train', 'training', 'tr', 'fit']);
const validationWords = new Set(['val', 'valid', 'validation', 'dev', 'eval']);
const testWords = new Set(['test', 'testing', 'te', 'holdout']);

/** Which split each value of a split column names; guessed from words, or from 0, 1, 2. Null where it cannot be told. */
export function readSplitValues(
  column: TextColumn,
  given: Mapping['split']['values'],
): Map<string, number> | null {
  const values = [...new Set(column.values.filter((text) => !isMissing(text)).map(canonical))];
  const result = new Map<string, number>();
  if (given) {
    for (const value of given.train) result.set(canonical(value), SPLIT.train);
    for (const value of given.validation) result.set(canonical(value), SPLIT.validation);
    for (const value of given.test) result.set(canonical(value), SPLIT.test);
    return result;
  }
  if (/is_?train/i.test(column.name) && values.every((value) => value === '0' || value === '1')) {
    return new Map([
      ['1', SPLIT.train],
      ['0', SPLIT.test],
    ]);
  }
  for (const value of values) {
    const word = value.toLowerCase();
    const number = parseNumber(value);
    if (trainWords.has(word)) result.set(value, SPLIT.train);
    else if (validationWords.has(word)) result.set(value, SPLIT.validation);
    else if (testWords.has(word)) result.set(value, SPLIT.test);
    else if (number === 0 || number === 1 || number === 2) result.set(value, number);
    else return null;
  }
  // 0 and 1 alone: training and test.
  if (values.length === 2 && values.includes('0') && values.includes('1')) result.set('1', SPLIT.test);
  return result.size > 0 ? result : null;
}

function byColumn(
  table: Table,
  rows: Int32Array,
  column: TextColumn,
  mapping: Mapping,
  given: { readonly times: RowTimes | null; readonly strata: Strata },
  notices: Notice[],
): RowSplit {
  const of = readSplitValues(column, mapping.split.values);
  if (!of) {
    throw new ImportError(
      'unreadableSplit',
      `Column “${column.name}” does not say which rows are for training (it holds ${listed(column.values.slice(0, 5).map((v) => `“${shortened(v)}”`))}); name its values in the mapping, or split another way.`,
      { column: column.name, line: table.lines[0] ?? null },
    );
  }
  const ofCode = column.values.map((text) => of.get(canonical(text)) ?? -1);
  const kept = rows.filter((row) => ofCode[column.codes[row]!]! >= 0);
  if (kept.length < rows.length) {
    const first = rows.find((row) => ofCode[column.codes[row]!]! < 0)!;
    notices.push(
      notice(
        'unreadableSplit',
        `Left out ${counted(rows.length - kept.length, 'row')} whose value in column “${column.name}” names no split (first: line ${table.lines[first]}).`,
        { column: column.name, line: table.lines[first]! },
      ),
    );
  }
  const split = Uint8Array.from(kept, (row) => ofCode[column.codes[row]!]!);
  const has = (which: number): boolean => split.includes(which);
  if (!has(SPLIT.train)) {
    throw new ImportError(
      'emptySplit',
      `Column “${column.name}” leaves no rows for training; check which of its values mean training.`,
      {
        column: column.name,
      },
    );
  }
  if (has(SPLIT.validation) !== has(SPLIT.test)) {
    carve(kept, split, has(SPLIT.test) ? SPLIT.validation : SPLIT.test, mapping, given);
    notices.push(
      notice(
        'validationFromTraining',
        `Column “${column.name}” names no ${has(SPLIT.test) && !has(SPLIT.validation) ? 'validation' : 'second evaluation'} rows, so ${given.times ? 'the latest' : 'random'} training rows serve as them.`,
        { column: column.name },
      ),
    );
  }
  return { rows: kept, split, by: 'column' };
}

/** Takes the missing evaluation split out of the training rows. */
function carve(
  rows: Int32Array,
  split: Uint8Array,
  which: number,
  mapping: Mapping,
  given: { readonly times: RowTimes | null; readonly strata: Strata },
): void {
  const places = Int32Array.from(split.keys()).filter((i) => split[i] === SPLIT.train);
  const training = places.map((i) => rows[i]!);
  const shares = { validation: 0, test: mapping.split.validation };
  const part = given.times
    ? byTime(training, given.times, shares)
    : atRandom(training, given.strata, shares, mapping.seed);
  part.forEach((value, k) => {
    if (value === SPLIT.test) split[places[k]!] = which;
  });
}
