/**
 * Rows become batches: typed arrays of one static shape, ready to be uploaded. No tensors here.
 */
import type { Dataset } from './dataset';

/** What a model wants of every row. The ids of a row lie side by side: fields, history, history's scenarios, own-scenario history. */
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
  /** Ids a row: F + L (F_i + F_s) + L_own F_i. */
  readonly width: number;
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

/** Row width of a layout in ids. */
export function layoutWidth(layout: Omit<BatchLayout, 'width' | 'batch'>): number {
  const history = layout.history;
  const own = layout.ownHistory;
  return (
    layout.fields.length +
    (history ? history.length * (history.itemFields.length + (history.scenarioField === null ? 0 : 1)) : 0) +
    (own ? own.length * own.itemFields.length : 0)
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

/**
 * Reads `rows` (at most `layout.batch` row numbers) of a dataset into a batch of static shape.
 *
 * The id layout of one row is
 * `[fields | history behaviours × item fields | history behaviours' scenario | own-scenario behaviours × item fields]`.
 * Truth columns are not reachable from here.
 *
 * @throws RangeError when more rows are given than the layout holds.
 */
export function readBatch(
  dataset: Omit<Dataset, 'truth'>,
  layout: BatchLayout,
  rows: Int32Array | readonly number[],
  extra: Readonly<Record<string, Float32Array>> = {},
): HostBatch {
  if (rows.length > layout.batch) {
    throw new RangeError(`A batch of ${layout.batch} rows cannot hold ${rows.length}; ask for fewer rows.`);
  }
  const batch = allocateBatch(layout, Object.keys(extra));
  const { fields, width } = layout;
  const { ids } = batch;
  for (let b = 0; b < rows.length; b++) {
    const row = rows[b]!;
    batch.rows[b] = row;
    batch.scenario[b] = dataset.scenario[row]!;
    batch.label[b] = dataset.label[row]!;
    batch.weight[b] = 1;
    for (const name of Object.keys(extra)) batch.extra[name]![b] = extra[name]![row]!;
    let at = b * width;
    for (const f of fields) ids[at++] = dataset.fields[f]!.offset + dataset.columns[f]![row]!;
    if (layout.history) at = readHistory(dataset, layout, batch, row, b, at);
    if (layout.ownHistory) readOwnHistory(dataset, layout, batch, row, b, at);
  }
  return { ...batch, count: rows.length };
}

function historyOf(dataset: Omit<Dataset, 'truth'>): NonNullable<Dataset['history']> {
  if (!dataset.history) {
    throw new RangeError(
      `Dataset ${dataset.id} has no behaviour history; choose a dataset with history_* columns.`,
    );
  }
  return dataset.history;
}

/** Position of a dataset field among the history's item fields. @throws RangeError where histories do not carry it. */
function historyColumn(dataset: Omit<Dataset, 'truth'>, field: number): number {
  const column = historyOf(dataset).itemFields.indexOf(field);
  if (column < 0)
    throw new RangeError(`Histories of ${dataset.id} do not carry ${dataset.fields[field]?.name ?? field}.`);
  return column;
}

function readHistory(
  dataset: Omit<Dataset, 'truth'>,
  layout: BatchLayout,
  batch: HostBatch,
  row: number,
  b: number,
  start: number,
): number {
  const wanted = layout.history!;
  const history = historyOf(dataset);
  const have = history.lengths[row]!;
  const kept = Math.min(have, wanted.length);
  const first = row * history.length + have - kept;
  const stride = history.itemFields.length;
  const scenarioStart = start + wanted.length * wanted.itemFields.length;
  for (let k = 0; k < kept; k++) {
    const step = first + k;
    let at = start + k * wanted.itemFields.length;
    for (const f of wanted.itemFields) {
      batch.ids[at++] = dataset.fields[f]!.offset + history.ids[step * stride + historyColumn(dataset, f)]!;
    }
    const scenario = history.scenario[step]!;
    batch.historyMask[b * wanted.length + k] = 1;
    batch.historyScenario[b * wanted.length + k] = scenario;
    if (wanted.scenarioField !== null) {
      const field = dataset.fields[wanted.scenarioField]!;
      batch.ids[scenarioStart + k] = scenario < 0 ? 0 : field.offset + scenario + 1;
    }
  }
  return scenarioStart + (wanted.scenarioField === null ? 0 : wanted.length);
}

function readOwnHistory(
  dataset: Omit<Dataset, 'truth'>,
  layout: BatchLayout,
  batch: HostBatch,
  row: number,
  b: number,
  start: number,
): void {
  const wanted = layout.ownHistory!;
  const history = historyOf(dataset);
  const scenario = dataset.scenario[row]!;
  const stride = history.itemFields.length;
  const own: number[] = [];
  for (let k = history.lengths[row]! - 1; k >= 0 && own.length < wanted.length; k--) {
    const step = row * history.length + k;
    if (history.scenario[step] === scenario) own.push(step);
  }
  own.reverse();
  for (let k = 0; k < own.length; k++) {
    let at = start + k * wanted.itemFields.length;
    for (const f of wanted.itemFields) {
      batch.ids[at++] =
        dataset.fields[f]!.offset + history.ids[own[k]! * stride + historyColumn(dataset, f)]!;
    }
    batch.ownHistoryMask[b * wanted.length + k] = 1;
  }
}
