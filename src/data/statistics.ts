import { SPLIT, type Dataset, type FieldRole } from './dataset';

/** What the Data page says of one scenario. */
export interface ScenarioStatistics {
  readonly id: string;
  readonly name: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Share of training rows, 0…1. */
  readonly share: number;
  readonly positives: number;
  /** Clicks by rows over all splits; null without rows. */
  readonly clickRate: number | null;
  /** Different people, or null where the dataset has no user id. */
  readonly users: number | null;
  /** Different items, or null where the dataset has no item id. */
  readonly items: number | null;
}

/** What the Data page says of one field. */
export interface FieldStatistics {
  readonly name: string;
  readonly role: FieldRole;
  readonly meaning: string;
  /** Local ids that the vocabulary holds. */
  readonly size: number;
  /** Local ids that occur. */
  readonly used: number;
  /** Share of rows with id 0, "other". */
  readonly other: number;
  /** Share of rows that the most frequent id has. */
  readonly largest: number;
}

export interface DatasetStatistics {
  readonly rows: number;
  readonly scenarios: readonly ScenarioStatistics[];
  readonly fields: readonly FieldStatistics[];
  /**
   * `[N * N]`: of the people seen in scenario s (row), the share also seen in scenario t (column); the diagonal is 1 where anybody
   * was seen. Null without a user id.
   */
  readonly userOverlap: Float32Array | null;
  /** Mean number of behaviours in a history, or null without histories. */
  readonly historyLength: number | null;
}

/** The field that holds the id of a person or an item: the first of its role that is named like an id, else its largest. */
export function idField(dataset: Pick<Dataset, 'fields'>, role: 'user' | 'item'): number | null {
  const fields = dataset.fields
    .map((field, index) => ({ field, index }))
    .filter(({ field }) => field.role === role);
  const named = fields.find(({ field }) =>
    /(^|_)(user|item|member|news|video|movie)?_?id$/i.test(field.name),
  );
  if (named) return named.index;
  const largest = fields.sort((a, b) => b.field.size - a.field.size)[0];
  return largest?.index ?? null;
}

/** Ids seen in each scenario, as one bit mask a scenario: `seen[s * size + id]`. */
function seenIds(dataset: Dataset, field: number): Uint8Array {
  const size = dataset.fields[field]!.size;
  const seen = new Uint8Array(dataset.scenarios.length * size);
  const column = dataset.columns[field]!;
  for (let row = 0; row < dataset.rows; row++) seen[dataset.scenario[row]! * size + column[row]!] = 1;
  return seen;
}

function countSeen(seen: Uint8Array, size: number, s: number): number {
  let count = 0;
  // Id 0 is "other": many people, not one.
  for (let id = 1; id < size; id++) count += seen[s * size + id]!;
  return count;
}

/** Overlap of people between scenarios, from the scenarios that each person was seen in: quick even for hundreds of scenarios. */
function overlap(seen: Uint8Array, size: number, n: number): Float32Array {
  const shared = new Float64Array(n * n);
  const visited: number[] = [];
  for (let id = 1; id < size; id++) {
    visited.length = 0;
    for (let s = 0; s < n; s++) if (seen[s * size + id] === 1) visited.push(s);
    for (const s of visited) for (const t of visited) shared[s * n + t]!++;
  }
  const shares = new Float32Array(n * n);
  for (let s = 0; s < n; s++) {
    const people = shared[s * n + s]!;
    for (let t = 0; t < n; t++) shares[s * n + t] = people > 0 ? shared[s * n + t]! / people : 0;
  }
  return shares;
}

function fieldStatistics(dataset: Dataset, f: number): FieldStatistics {
  const field = dataset.fields[f]!;
  const counts = new Int32Array(field.size);
  const column = dataset.columns[f]!;
  for (let row = 0; row < dataset.rows; row++) counts[column[row]!]!++;
  let used = 0;
  let most = 0;
  for (let id = 0; id < counts.length; id++) {
    if (counts[id]! > 0) used++;
    most = Math.max(most, counts[id]!);
  }
  const { name, role, meaning, size } = field;
  return { name, role, meaning, size, used, other: counts[0]! / dataset.rows, largest: most / dataset.rows };
}

/** Counts of a whole dataset, in one pass a field. */
export function datasetStatistics(dataset: Dataset): DatasetStatistics {
  const n = dataset.scenarios.length;
  const counts = new Int32Array(n * 3);
  const positives = new Float64Array(n);
  for (let row = 0; row < dataset.rows; row++) {
    const s = dataset.scenario[row]!;
    counts[s * 3 + dataset.split[row]!]!++;
    positives[s]! += dataset.label[row]!;
  }
  const user = idField(dataset, 'user');
  const item = idField(dataset, 'item');
  const seenUsers = user === null ? null : seenIds(dataset, user);
  const seenItems = item === null ? null : seenIds(dataset, item);
  let train = 0;
  for (let s = 0; s < n; s++) train += counts[s * 3 + SPLIT.train]!;
  const scenarios = dataset.scenarios.map(({ id, name }, s): ScenarioStatistics => {
    const rows = {
      train: counts[s * 3 + SPLIT.train]!,
      validation: counts[s * 3 + SPLIT.validation]!,
      test: counts[s * 3 + SPLIT.test]!,
    };
    const all = rows.train + rows.validation + rows.test;
    return {
      id,
      name,
      rows,
      share: train > 0 ? rows.train / train : 0,
      positives: positives[s]!,
      clickRate: all > 0 ? positives[s]! / all : null,
      users: seenUsers && user !== null ? countSeen(seenUsers, dataset.fields[user]!.size, s) : null,
      items: seenItems && item !== null ? countSeen(seenItems, dataset.fields[item]!.size, s) : null,
    };
  });
  let behaviours = 0;
  for (let row = 0; dataset.history && row < dataset.rows; row++) behaviours += dataset.history.lengths[row]!;
  return {
    rows: dataset.rows,
    scenarios,
    fields: dataset.fields.map((_, f) => fieldStatistics(dataset, f)),
    userOverlap: seenUsers && user !== null ? overlap(seenUsers, dataset.fields[user]!.size, n) : null,
    historyLength: dataset.history ? behaviours / dataset.rows : null,
  };
}

/** One row as people read it: a text for every column. */
export interface ReadableRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** A page of rows, with column heads. Ids show their labels where the vocabulary has them. */
export function rowsPage(
  dataset: Dataset,
  first: number,
  count: number,
): { heads: readonly string[]; rows: readonly ReadableRow[] } {
  const { truth, timestamp, history } = dataset;
  const heads = ['scenario', 'label', 'split', ...(timestamp ? ['time'] : [])];
  const shown = dataset.fields
    .map((field, f) => ({ field, f }))
    .filter(({ field }) => field.role !== 'scenario');
  heads.push(...shown.map(({ field }) => field.name));
  if (history) heads.push('history');
  if (truth) heads.push('truth_p', 'truth_match', 'truth_prominence', 'truth_intervened');
  const rows: ReadableRow[] = [];
  for (let row = Math.max(0, first); row < Math.min(dataset.rows, first + count); row++) {
    const cells = [
      dataset.scenarios[dataset.scenario[row]!]!.name,
      String(dataset.label[row]!),
      ['train', 'validation', 'test'][dataset.split[row]!]!,
    ];
    if (timestamp) cells.push(new Date(timestamp[row]! * 1000).toISOString().slice(0, 16).replace('T', ' '));
    for (const { field, f } of shown) {
      const id = dataset.columns[f]![row]!;
      cells.push(field.labels?.[id] ?? (id === 0 ? 'other' : String(id)));
    }
    if (history) cells.push(`${history.lengths[row]!} clicks`);
    if (truth) {
      cells.push(
        truth.probability[row]!.toFixed(4),
        truth.match[row]!.toFixed(2),
        truth.prominence[row]!.toFixed(2),
        truth.intervened[row] === 1 ? 'yes' : 'no',
      );
    }
    rows.push({ row, cells });
  }
  return { heads, rows };
}
