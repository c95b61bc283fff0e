/** The batches of a run: shuffled passes over the training rows, and the rows that a procedure asks for. */
import { streamSeed } from '../../engine';
import { createBatchReader } from '../../data/batchReader';
import { readBatch } from '../../data/batches';
import { batchOrder } from '../sampling';
import type { BatchLayout, HostBatch } from '../../data/batches';
import type { Dataset } from '../../data/dataset';
import type { Part } from './part';

/** Columns of a procedure's own, one value a row of the dataset `[rows]`, by name. */
export type ExtraColumns = Readonly<Record<string, Float32Array>>;

export interface Batches extends Part<{ readonly drawn: number }> {
  /** The next mini-batch of the training rows, reshuffled every epoch from the seed; its arrays are the next one's too. */
  next(extra?: ExtraColumns): HostBatch;
  /** @param size rows of the batch, padding among them; the layout's where left out */
  read(rows: Int32Array, extra?: ExtraColumns, size?: number): HostBatch;
}

export interface BatchesOptions {
  readonly dataset: Dataset;
  readonly layout: BatchLayout;
  readonly trainingRows: Int32Array;
  readonly seed: number;
  /** Columns that the model reads; each is 1 wherever the procedure gives none. */
  readonly columns: readonly string[];
}

/** @throws RangeError without training rows */
export function createBatches({ dataset, layout, trainingRows, seed, columns }: BatchesOptions): Batches {
  const order = batchOrder(trainingRows, layout.batch, streamSeed(seed, 'batches'));
  const ones: ExtraColumns = Object.fromEntries(
    columns.map((name) => [name, new Float32Array(dataset.rows).fill(1)]),
  );
  /** Batches taken from `order` so far. */
  let drawn = 0;
  /** The batch before, whose arrays the next one takes: making them for every step takes as long as filling them. */
  let before: HostBatch | null = null;
  const reader = createBatchReader(dataset, layout);
  const read = (
    rows: Int32Array,
    extra: ExtraColumns = {},
    into: HostBatch | null = null,
    size = layout.batch,
  ): HostBatch => reader(rows, { ...ones, ...extra }, into, size);
  return {
    read: (rows, extra, size) => read(rows, extra, null, size),
    next: (extra) => (before = read(order.rows(drawn++), extra, before)),
    position: async () => ({ state: { drawn }, arrays: {} }),
    restorePosition({ state }) {
      ({ drawn } = state);
    },
  };
}

/** A batch of the first rows, whose columns of a procedure's are all 1. */
export function readRows(
  dataset: Dataset,
  layout: BatchLayout,
  rows: Int32Array,
  columns: readonly string[],
): HostBatch {
  const first = rows.subarray(0, layout.batch);
  const last = first.reduce((most, row) => Math.max(most, row), 0);
  const ones = Object.fromEntries(columns.map((name) => [name, new Float32Array(last + 1).fill(1)]));
  return readBatch(dataset, layout, first, ones);
}
