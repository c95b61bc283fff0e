import type { Dataset, History } from '../dataset';
import type { Manifest } from './manifest';

/** Larger tables of derived fields would not belong in a manifest. */
const LARGEST_TABLE = 20_000;

export const HISTORY_LENGTH = 'history_length';
export const HISTORY_SCENARIO = 'history_scenario';
export const HISTORY_TIME = 'history_timestamp';
export const HISTORY_AGE = 'history_age';

export interface HistoryColumn {
  readonly name: string;
  readonly type: 'INT32' | 'FLOAT';
  /** The lists of rows `from` to `to`: made when they are written, since those of a million rows would fill gigabytes. */
  readonly lists: (from: number, to: number) => number[][];
  readonly meaning: string;
}

export interface WrittenHistory {
  readonly columns: readonly HistoryColumn[];
  readonly described: NonNullable<Manifest['history']>;
}

/** Hours since a behaviour, as written and read: one place, so that both round alike. */
export function ageInHours(rowTime: number, behaviourTime: number): number {
  return Math.fround((rowTime - behaviourTime) / 3600);
}

/** Every row's list of what `value` says of its behaviours; a step counts in the padded layout `[rows * length]`. */
function listsOf(history: History, value: (step: number) => number): HistoryColumn['lists'] {
  return (from, to) => {
    const lists: number[][] = [];
    for (let row = from; row < to; row++) {
      const list: number[] = [];
      const first = row * history.length;
      for (let k = 0; k < history.lengths[row]!; k++) list.push(value(first + k));
      lists.push(list);
    }
    return lists;
  };
}

/** Whole seconds of every behaviour, where ages came from such; else null. */
function behaviourTimes(dataset: Dataset, history: History): Int32Array | null {
  const { timestamp } = dataset;
  if (!timestamp) return null;
  const times = new Int32Array(history.age.length);
  for (let row = 0; row < dataset.rows; row++) {
    for (let k = 0; k < history.lengths[row]!; k++) {
      const step = row * history.length + k;
      const time = Math.round(timestamp[row]! - history.age[step]! * 3600);
      times[step] = time;
      if (times[step] !== time || ageInHours(timestamp[row]!, time) !== history.age[step]) return null;
    }
  }
  return times;
}

/** The table that gives field `f` of a behaviour from its first field, or null where there is none. */
function tableOf(dataset: Dataset, history: History, f: number): number[] | null {
  const stride = history.itemFields.length;
  const size = dataset.fields[history.itemFields[0]!]!.size;
  if (f === 0 || size > LARGEST_TABLE) return null;
  const table = new Int32Array(size).fill(-1);
  for (let row = 0; row < dataset.rows; row++) {
    for (let k = 0; k < history.lengths[row]!; k++) {
      const at = (row * history.length + k) * stride;
      const id = history.ids[at]!;
      const value = history.ids[at + f]!;
      if (table[id] === -1) table[id] = value;
      else if (table[id] !== value) return null;
    }
  }
  return Array.from(table, (value) => Math.max(value, 0));
}

/** List columns of a history: item fields that don't follow from the first one, scenarios, times. */
export function historyColumns(dataset: Dataset, history: History): WrittenHistory {
  const stride = history.itemFields.length;
  const columns: HistoryColumn[] = [];
  const fields = history.itemFields.map((index, f) => {
    const field = dataset.fields[index]!;
    const table = tableOf(dataset, history, f);
    if (table) return { field: field.name, column: null, table };
    const name = `history_${field.name}`;
    const lists = listsOf(history, (step) => history.ids[step * stride + f]!);
    columns.push({ name, type: 'INT32', lists, meaning: `${field.name} of the last clicks, oldest first.` });
    return { field: field.name, column: name, table: null };
  });
  columns.push({
    name: HISTORY_SCENARIO,
    type: 'INT32',
    lists: listsOf(history, (step) => history.scenario[step]!),
    meaning: 'Scenario index of the last clicks; −1 where unknown.',
  });
  const times = behaviourTimes(dataset, history);
  if (times) {
    columns.push({
      name: HISTORY_TIME,
      type: 'INT32',
      lists: listsOf(history, (step) => times[step]!),
      meaning: 'When the last clicks happened, seconds since the epoch.',
    });
  } else {
    columns.push({
      name: HISTORY_AGE,
      type: 'FLOAT',
      lists: listsOf(history, (step) => history.age[step]!),
      meaning: 'Hours since the last clicks.',
    });
  }
  return { columns, described: { length: history.length, fields, absoluteTime: times !== null } };
}
