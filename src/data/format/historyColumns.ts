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
  readonly data: number[][];
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

function lists(dataset: Dataset, history: History, value: (step: number, row: number) => number): number[][] {
  return Array.from({ length: dataset.rows }, (_, row) => {
    const list = new Array<number>(history.lengths[row]!);
    for (let k = 0; k < list.length; k++) list[k] = value(row * history.length + k, row);
    return list;
  });
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
    const data = lists(dataset, history, (step) => history.ids[step * stride + f]!);
    columns.push({ name, type: 'INT32', data, meaning: `${field.name} of the last clicks, oldest first.` });
    return { field: field.name, column: name, table: null };
  });
  columns.push({
    name: HISTORY_SCENARIO,
    type: 'INT32',
    data: lists(dataset, history, (step) => history.scenario[step]!),
    meaning: 'Scenario index of the last clicks; −1 where unknown.',
  });
  const times = behaviourTimes(dataset, history);
  if (times) {
    columns.push({
      name: HISTORY_TIME,
      type: 'INT32',
      data: lists(dataset, history, (step) => times[step]!),
      meaning: 'When the last clicks happened, seconds since the epoch.',
    });
  } else {
    columns.push({
      name: HISTORY_AGE,
      type: 'FLOAT',
      data: Array.from({ length: dataset.rows }, (_, row) =>
        Array.from(history.age.subarray(row * history.length, row * history.length + history.lengths[row]!)),
      ),
      meaning: 'Hours since the last clicks.',
    });
  }
  return { columns, described: { length: history.length, fields, absoluteTime: times !== null } };
}
