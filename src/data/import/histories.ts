import type { Field, History } from '../dataset';
import type { TextColumn } from './table';
import { isMissing, parseList } from './values';
import type { Vocabulary } from './vocabulary';

/** Entries of each distinct list of a column; an unreadable or missing cell is an empty list. */
export function listEntries(column: TextColumn): readonly (readonly string[])[] {
  return column.values.map((text) => (isMissing(text) ? [] : (parseList(text) ?? [text.trim()])));
}

/**
 * Behaviours out of a list column: the last `length` entries (lists are read as oldest first), each an item id of the candidate's
 * own vocabulary. Scenario and age of such behaviours are not in the file: -1 and 0.
 */
export function historyFromLists(
  column: TextColumn,
  lists: readonly (readonly string[])[],
  items: Vocabulary,
  itemField: number,
  rows: Int32Array,
  length: number,
): History {
  const history = emptyHistory(rows.length, [itemField], length);
  const encoded = lists.map((list) =>
    Int32Array.from(list.slice(-length), (entry) => items.ids.get(entry) ?? 0),
  );
  rows.forEach((row, r) => {
    const ids = encoded[column.codes[row]!]!;
    history.lengths[r] = ids.length;
    history.ids.set(ids, r * length);
  });
  return history;
}

export interface LogView {
  readonly fields: readonly Field[];
  readonly columns: readonly Int32Array[];
  readonly scenario: Int16Array;
  readonly label: ArrayLike<number>;
  /** Seconds, or numbers of bins. */
  readonly times: Float64Array;
  /** Whether `times` are seconds, so that ages mean something. */
  readonly inSeconds: boolean;
  /** Local user ids with 0 for nobody known `[rows]`; rows of user 0 have no history. */
  readonly user: Int32Array;
  readonly users: number;
  /** Whether a row's positive label may be seen by later rows `[rows]`. */
  readonly visible: Uint8Array;
}

/**
 * Behaviours out of the log itself: a row's history is the last `length` positives of the same user at strictly earlier times,
 * with all item fields, their scenario and their age in hours. Rows of one instant do not see each other.
 */
export function historyFromLog(log: LogView, length: number): History {
  const itemFields = log.fields.flatMap((field, f) => (field.role === 'item' ? [f] : []));
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
    else if (log.times[before]! < log.times[row]!) {
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
