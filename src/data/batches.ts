/**
 * Rows become batches: typed arrays of one static shape, ready to be uploaded. No tensors here.
 */
import type { Dataset } from './dataset';

/** What a model wants of every row. The ids of a row lie side by side: fields, history, its scenarios, own-scenario history, crosses. */
export interface BatchLayout {
  /** Rows of a batch. */
  readonly batch: number;
  /** Indices into `Dataset.fields`. */
  readonly fields: readonly number[];
  /** Behaviours over all scenarios; the latest `length` of them. Null where the model does not read history. */
  readonly history: {
    readonly length: number;
    readonly itemFields: readonly number[];
    readonly scenarioField: number | null;
  } | null;
  /** The latest behaviours in the row's own scenario (M-scan), or null. */
  readonly ownHistory: { readonly length: number; readonly itemFields: readonly number[] } | null;
  /**
   * Pairs of fields (places in `fields`) whose values have a row of the table together; absent where no model asks for any.
   * Pair c of local values `(a, b)` is id `offset + c * buckets + (a * size_b + b) mod buckets`.
   */
  readonly crosses?: {
    readonly pairs: readonly (readonly [number, number])[];
    readonly buckets: number;
    /** The table's first row of a pair: behind all values. */
    readonly offset: number;
  };
  /** Ids a row: F + L (F_i + F_s) + L_own F_i + C. */
  readonly width: number;
  /**
   * Scenarios with a table of their own; absent where all share one. Row `id` of scenario n's table is then row
   * `id * ownTables + n` of the table.
   */
  readonly ownTables?: number;
  /**
   * Cluster of each scenario `[N]`, which the model is told in the place of the scenario; absent where it is told the scenario. Written by
   * the run's procedure; batches on the host keep the scenario, by which rows are judged.
   */
  readonly clusters?: Int32Array;
}

/** One batch on the host. Rows past `count` are padding: weight 0, ids 0, label 0, scenario 0. */
export interface HostBatch {
  readonly layout: BatchLayout;
  /** Rows that are not padding. */
  readonly count: number;
  /** Row numbers in the dataset `[batch]`; -1 for padding. */
  readonly rows: Int32Array;
  /** Global (merged) ids `[batch * width]`; 0 is padding. */
  readonly ids: Int32Array;
  readonly scenario: Int32Array;
  readonly label: Float32Array;
  /** 1, or 0 for padding. */
  readonly weight: Float32Array;
  /** `[batch * history.length]` 1 where a behaviour stands; empty without history. */
  readonly historyMask: Float32Array;
  /** Scenario index of behaviours `[batch * history.length]`, -1 where none; for probes. */
  readonly historyScenario: Int32Array;
  /** `[batch * ownHistory.length]`; empty without. */
  readonly ownHistoryMask: Float32Array;
  /** Named per-row columns that a procedure adds (e.g. fairness coefficient) `[batch]`; 1 in padding, whose logarithm is finite. */
  readonly extra: Readonly<Record<string, Float32Array>>;
}

/** What batches are read from: truth columns are not reachable from here. */
export type RowSource = Pick<Dataset, 'id' | 'fields' | 'columns' | 'scenario' | 'label' | 'history'>;

/** Rows of a dataset by number. */
export type RowNumbers = Int32Array | readonly number[];

/** Row width of a layout in ids. */
export function layoutWidth(
  layout: Pick<BatchLayout, 'fields' | 'history' | 'ownHistory' | 'crosses'>,
): number {
  const history = layout.history;
  const own = layout.ownHistory;
  return (
    layout.fields.length +
    (history ? history.length * (history.itemFields.length + (history.scenarioField === null ? 0 : 1)) : 0) +
    (own ? own.length * own.itemFields.length : 0) +
    (layout.crosses?.pairs.length ?? 0)
  );
}

/** A new, empty batch of the layout's static shape. */
export function allocateBatch(layout: BatchLayout, extra: readonly string[] = []): HostBatch {
  const { batch, width } = layout;
  return {
    layout,
    count: 0,
    rows: new Int32Array(batch).fill(-1),
    ids: new Int32Array(batch * width),
    scenario: new Int32Array(batch),
    label: new Float32Array(batch),
    weight: new Float32Array(batch),
    historyMask: new Float32Array(layout.history ? batch * layout.history.length : 0),
    historyScenario: new Int32Array(layout.history ? batch * layout.history.length : 0).fill(-1),
    ownHistoryMask: new Float32Array(layout.ownHistory ? batch * layout.ownHistory.length : 0),
    extra: Object.fromEntries(extra.map((name) => [name, new Float32Array(batch).fill(1)])),
  };
}

/** A batch's arrays as `allocateBatch` leaves them. */
export function emptied(batch: HostBatch): HostBatch {
  const { rows, ids, scenario, label, weight, historyMask, historyScenario, ownHistoryMask, extra } = batch;
  for (const zeros of [ids, scenario, label, weight, historyMask, ownHistoryMask]) zeros.fill(0);
  for (const none of [rows, historyScenario]) none.fill(-1);
  for (const ones of Object.values(extra)) ones.fill(1);
  return batch;
}

/** Turns merged ids into rows of the tables that scenarios have of their own, in place, where the layout says so. */
export function useOwnTables({ layout, ids, scenario }: HostBatch): void {
  const { ownTables, width } = layout;
  if (!ownTables) return;
  for (let i = 0; i < ids.length; i++) {
    // Padding stays the table's row 0.
    if (ids[i] !== 0) ids[i] = ids[i]! * ownTables + scenario[Math.floor(i / width)]!;
  }
}

/**
 * Reads `rows` (at most `layout.batch` row numbers) of a dataset into a batch of static shape.
 *
 * The id layout of one row is
 * `[fields | history behaviours × item fields | history behaviours' scenario | own-scenario behaviours × item fields | crosses]`.
 *
 * @param into a batch of the same layout and columns that nobody needs any more: its arrays are written anew
 * @throws RangeError when more rows are given than the layout holds.
 */
export function readBatch(
  dataset: RowSource,
  layout: BatchLayout,
  rows: RowNumbers,
  extra: Readonly<Record<string, Float32Array>> = {},
  into: HostBatch | null = null,
): HostBatch {
  if (rows.length > layout.batch) {
    throw new RangeError(`A batch of ${layout.batch} rows cannot hold ${rows.length}; ask for fewer rows.`);
  }
  const batch = into ? emptied(into) : allocateBatch(layout, Object.keys(extra));
  readRowColumns(dataset, rows, extra, batch);
  const { ids } = batch;
  readFields(dataset, layout, rows, ids);
  if (layout.history) {
    readHistory(dataset, layout.history, rows, batch);
    readHistoryMarks(dataset, layout.history.length, rows, batch);
  }
  if (layout.ownHistory) readOwnHistory(dataset, layout.ownHistory, rows, batch);
  if (layout.crosses) readCrosses(dataset, layout, rows, ids);
  useOwnTables(batch);
  return { ...batch, count: rows.length };
}

/** What a batch holds once a row: scenario, label, weight and a procedure's columns. */
export function readRowColumns(
  dataset: RowSource,
  rows: RowNumbers,
  extra: Readonly<Record<string, Float32Array>>,
  batch: HostBatch,
): void {
  for (let b = 0; b < rows.length; b++) {
    const row = rows[b]!;
    batch.rows[b] = row;
    batch.scenario[b] = dataset.scenario[row]!;
    batch.label[b] = dataset.label[row]!;
  }
  batch.weight.fill(1, 0, rows.length);
  for (const name of Object.keys(extra)) {
    const [from, to] = [extra[name]!, batch.extra[name]!];
    for (let b = 0; b < rows.length; b++) to[b] = from[rows[b]!]!;
  }
}

/** Rows that are read at a time: their part of the batch stays near while one column after the other is read into it. */
const BLOCK = 64;

/** Ids of the fields, column by column: each lies by itself in memory. */
function readFields(
  dataset: RowSource,
  { fields, width }: BatchLayout,
  rows: RowNumbers,
  ids: Int32Array,
): void {
  for (let from = 0; from < rows.length; from += BLOCK) {
    const until = Math.min(from + BLOCK, rows.length);
    for (let f = 0; f < fields.length; f++) {
      const { offset } = dataset.fields[fields[f]!]!;
      readColumn(dataset.columns[fields[f]!]!, offset, rows, from, until, ids, from * width + f, width);
    }
  }
}

function readColumn(
  column: Int32Array,
  offset: number,
  rows: RowNumbers,
  from: number,
  until: number,
  ids: Int32Array,
  at: number,
  width: number,
): void {
  for (let b = from; b < until; b++) {
    ids[at] = offset + column[rows[b]!]!;
    at += width;
  }
}

/** Ids of pairs of values, behind all others of a row. */
function readCrosses(
  dataset: RowSource,
  { fields, width, crosses }: BatchLayout,
  rows: RowNumbers,
  ids: Int32Array,
): void {
  const { pairs, buckets, offset } = crosses!;
  pairs.forEach(([i, j], c) => {
    const [first, second] = [dataset.columns[fields[i]!]!, dataset.columns[fields[j]!]!];
    const { size } = dataset.fields[fields[j]!]!;
    const at = width - pairs.length + c;
    for (let b = 0; b < rows.length; b++) {
      const row = rows[b]!;
      // Sizes stay far below 2^26, so the product is exact.
      ids[b * width + at] = offset + c * buckets + ((first[row]! * size + second[row]!) % buckets);
    }
  });
}

function historyOf(dataset: RowSource): NonNullable<Dataset['history']> {
  if (!dataset.history) {
    throw new RangeError(
      `Dataset ${dataset.id} has no behaviour history; choose a dataset with history_* columns.`,
    );
  }
  return dataset.history;
}

/** Position of a dataset field among the history's item fields. @throws RangeError where histories do not carry it. */
function historyColumn(dataset: RowSource, field: number): number {
  const column = historyOf(dataset).itemFields.indexOf(field);
  if (column < 0)
    throw new RangeError(`Histories of ${dataset.id} do not carry ${dataset.fields[field]?.name ?? field}.`);
  return column;
}

/** Where the ids of a behaviour's item fields stand among those of one behaviour, and the offsets of their fields. */
interface ItemColumns {
  readonly at: Int32Array;
  readonly offsets: Int32Array;
}

function itemColumns(dataset: RowSource, itemFields: readonly number[]): ItemColumns {
  return {
    at: Int32Array.from(itemFields, (field) => historyColumn(dataset, field)),
    offsets: Int32Array.from(itemFields, (field) => dataset.fields[field]!.offset),
  };
}

/** Ids of the latest behaviours of each row. */
function readHistory(
  dataset: RowSource,
  wanted: NonNullable<BatchLayout['history']>,
  rows: RowNumbers,
  { layout, ids }: HostBatch,
): void {
  const { lengths, length: held, itemFields, ...from } = historyOf(dataset);
  const { at: columns, offsets } = itemColumns(dataset, wanted.itemFields);
  const [stride, width, before] = [itemFields.length, layout.width, layout.fields.length];
  const { length, scenarioField } = wanted;
  const scenarioOffset = scenarioField === null ? 0 : dataset.fields[scenarioField]!.offset;
  for (let b = 0; b < rows.length; b++) {
    const row = rows[b]!;
    const have = lengths[row]!;
    const kept = have < length ? have : length;
    const first = row * held + have - kept;
    const start = b * width + before;
    copyItems(from.ids, first, kept, stride, columns, offsets, ids, start);
    if (scenarioField === null) continue;
    const scenarios = start + length * columns.length;
    for (let k = 0; k < kept; k++) {
      const scenario = from.scenario[first + k]!;
      ids[scenarios + k] = scenario < 0 ? 0 : scenarioOffset + scenario + 1;
    }
  }
}

/** Where each row's latest behaviours stand, and their scenarios. */
export function readHistoryMarks(
  dataset: RowSource,
  length: number,
  rows: RowNumbers,
  { historyMask, historyScenario }: HostBatch,
): void {
  const { lengths, length: held, scenario } = historyOf(dataset);
  for (let b = 0; b < rows.length; b++) {
    const row = rows[b]!;
    const have = lengths[row]!;
    const kept = have < length ? have : length;
    let from = row * held + have - kept;
    const end = b * length + kept;
    for (let at = b * length; at < end; at++) {
      historyMask[at] = 1;
      historyScenario[at] = scenario[from++]!;
    }
  }
}

/** Ids of `count` neighbouring behaviours. */
function copyItems(
  from: Int32Array,
  first: number,
  count: number,
  stride: number,
  columns: Int32Array,
  offsets: Int32Array,
  to: Int32Array,
  at: number,
): void {
  const each = columns.length;
  for (let f = 0; f < each; f++) {
    const offset = offsets[f]!;
    let read = first * stride + columns[f]!;
    const end = at + f + count * each;
    for (let write = at + f; write < end; write += each) {
      to[write] = offset + from[read]!;
      read += stride;
    }
  }
}

/** The latest behaviours in each row's own scenario, in the order in which they came. */
function readOwnHistory(
  dataset: RowSource,
  { length, itemFields }: NonNullable<BatchLayout['ownHistory']>,
  rows: RowNumbers,
  { layout, ids, ownHistoryMask }: HostBatch,
): void {
  const history = historyOf(dataset);
  const { lengths, scenario: scenarios, ids: from } = history;
  const { at: columns, offsets } = itemColumns(dataset, itemFields);
  const { width, fields, history: all } = layout;
  const each = columns.length;
  const stride = history.itemFields.length;
  const before =
    fields.length + (all ? all.length * (all.itemFields.length + (all.scenarioField === null ? 0 : 1)) : 0);
  const own = new Int32Array(length);
  for (let b = 0; b < rows.length; b++) {
    const row = rows[b]!;
    const scenario = dataset.scenario[row]!;
    const first = row * history.length;
    let found = 0;
    // Without a branch: which behaviours are of the scenario cannot be foretold.
    for (let step = first + lengths[row]! - 1; step >= first && found < length; step--) {
      own[found] = step;
      found += scenarios[step] === scenario ? 1 : 0;
    }
    const start = b * width + before;
    for (let k = 0; k < found; k++) {
      const step = own[found - 1 - k]!;
      for (let f = 0; f < each; f++)
        ids[start + k * each + f] = offsets[f]! + from[step * stride + columns[f]!]!;
      ownHistoryMask[b * length + k] = 1;
    }
  }
}
