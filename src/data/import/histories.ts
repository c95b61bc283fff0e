import type { Field, History } from '../dataset';
import type { TextColumn } from './table';
import { parseTime, type TimeUnit } from './timeUnits';
import { parseNumber } from './values';
import { listEntries, type Vocabulary } from './vocabulary';

/** List columns that stand side by side: the k-th entry of each speaks of the k-th behaviour. */
export interface ListedBehaviours {
  readonly items: TextColumn;
  /** Scenario of each behaviour, spelled as in the scenario column. */
  readonly scenarios: { readonly column: TextColumn; readonly index: (value: string) => number } | null;
  /** Scenario that an item belongs to, where no column tells and items decide scenarios; else null. */
  readonly scenarioOfItem: ((entry: string) => number) | null;
  /** Time of each behaviour (`unit`), or its age in hours (`unit` null). */
  readonly times: { readonly column: TextColumn; readonly unit: TimeUnit | null } | null;
}

/**
 * Behaviours out of list columns: the last `length` entries (lists are read as oldest first), each an item id in the candidate's
 * own vocabulary. What nothing says of them is -1 (scenario) and 0 (age).
 *
 * @param rowTimes seconds by table row, where ages are to be computed from times.
 */
export function historyFromLists(
  listed: ListedBehaviours,
  items: Vocabulary,
  itemField: number,
  rows: Int32Array,
  length: number,
  rowTimes: Float64Array | null,
): History {
  const history = emptyHistory(rows.length, [itemField], length);
  const encoded = listEntries(listed.items).map((list) =>
    Int32Array.from(list.slice(-length), (entry) => items.ids.get(entry) ?? 0),
  );
  rows.forEach((row, r) => {
    const ids = encoded[listed.items.codes[row]!]!;
    history.lengths[r] = ids.length;
    history.ids.set(ids, r * length);
  });
  if (listed.scenarios) {
    const { column, index } = listed.scenarios;
    const lists = listEntries(column).map((list) => Int16Array.from(list.slice(-length), index));
    rows.forEach((row, r) => {
      const own = lists[column.codes[row]!]!;
      if (own.length === history.lengths[r]) history.scenario.set(own, r * length);
    });
  } else if (listed.scenarioOfItem) {
    const ofItem = listed.scenarioOfItem;
    const lists = listEntries(listed.items).map((list) => Int16Array.from(list.slice(-length), ofItem));
    rows.forEach((row, r) => history.scenario.set(lists[listed.items.codes[row]!]!, r * length));
  }
  if (listed.times) {
    const { column, unit } = listed.times;
    const read = (entry: string): number =>
      (unit === null ? parseNumber(entry) : parseTime(entry, unit)) ?? NaN;
    const lists = listEntries(column).map((list) => Float64Array.from(list.slice(-length), read));
    rows.forEach((row, r) => {
      const own = lists[column.codes[row]!]!;
      if (own.length !== history.lengths[r]) return;
      own.forEach((value, step) => {
        const hours = unit === null ? value : rowTimes ? (rowTimes[row]! - value) / 3600 : NaN;
        if (Number.isFinite(hours)) history.age[r * length + step] = Math.max(0, hours);
      });
    });
  }
  return history;
}

export interface LogView {
  readonly fields: readonly Field[];
  readonly columns: readonly Int32Array[];
  /** Indices of the item fields that behaviours carry. */
  readonly itemFields: readonly number[];
  readonly scenario: Int16Array;
  readonly label: ArrayLike<number>;
  /** Seconds, or numbers of bins. */
  readonly times: Float64Array;
  /** Whether `times` are seconds, so that ages mean something. */
  readonly inSeconds: boolean;
  /** A number for each user, 0 for nobody known `[rows]`; rows of user 0 have no history. */
  readonly user: Int32Array;
  /** Whether a row's positive label may be seen by later rows `[rows]`. */
  readonly visible: Uint8Array;
}

/**
 * Behaviours out of the log itself: a row's history is the last `length` positives of the same user at strictly earlier times,
 * with item fields, scenario and age in hours. Rows of one instant do not see each other.
 */
export function historyFromLog(log: LogView, length: number): History {
  const { itemFields } = log;
  const n = log.times.length;
  const history = emptyHistory(n, itemFields, length);
  const order = Int32Array.from(log.times.keys()).sort(
    (a, b) => log.user[a]! - log.user[b]! || log.times[a]! - log.times[b]! || a - b,
  );
  let past: number[] = [];
  let pending: number[] = [];
  for (let k = 0; k < n; k++) {
    const row = order[k]!;
    const before = k > 0 ? order[k - 1]! : -1;
    const sameUser = before >= 0 && log.user[before] === log.user[row];
    if (!sameUser) [past, pending] = [[], []];
    else if (pending.length > 0 && log.times[before]! < log.times[row]!) {
      past = past.concat(pending).slice(-length);
      pending = [];
    }
    if (log.user[row] === 0) continue;
    history.lengths[row] = past.length;
    past.forEach((behaviour, step) => {
      const at = row * length + step;
      itemFields.forEach((field, f) => {
        history.ids[at * itemFields.length + f] = log.columns[field]![behaviour]!;
      });
      history.scenario[at] = log.scenario[behaviour]!;
      if (log.inSeconds) history.age[at] = (log.times[row]! - log.times[behaviour]!) / 3600;
    });
    if (log.label[row] === 1 && log.visible[row] === 1) pending.push(row);
  }
  return history;
}

function emptyHistory(rows: number, itemFields: readonly number[], length: number): History {
  return {
    length,
    itemFields,
    ids: new Int32Array(rows * length * itemFields.length),
    scenario: new Int16Array(rows * length).fill(-1),
    age: new Float32Array(rows * length),
    lengths: new Uint8Array(rows),
  };
}
