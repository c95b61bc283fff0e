/** Reads batches of one layout again and again: ids of a row that was read before are copied whole. */
import {
  allocateBatch,
  emptied,
  readBatch,
  readHistoryMarks,
  readRowColumns,
  type BatchLayout,
  type HostBatch,
  type RowNumbers,
  type RowSource,
} from './batches';

/** Bytes that rows are kept in at most: those of a dataset with more are read column by column each time. */
const MOST_BYTES = 2 ** 26;

/** `readBatch` for one dataset and layout. @param size rows of the batch; the layout's where left out */
export type BatchReader = (
  rows: RowNumbers,
  extra?: Readonly<Record<string, Float32Array>>,
  into?: HostBatch | null,
  size?: number,
) => HostBatch;

/** Up to so many numbers are copied faster one by one than by a call. */
const FEW = 16;

function copyRows(from: Int32Array, rows: RowNumbers, width: number, to: Int32Array): void {
  if (width > FEW) {
    for (let b = 0; b < rows.length; b++) {
      const start = rows[b]! * width;
      to.set(from.subarray(start, start + width), b * width);
    }
    return;
  }
  let at = 0;
  for (let b = 0; b < rows.length; b++) {
    let place = rows[b]! * width;
    for (const end = at + width; at < end; at++) to[at] = from[place++]!;
  }
}

/**
 * Each epoch reads the same rows in another order. Their ids lie in as many places of memory as there are columns, and in histories behind
 * each other with others between; once read, they lie side by side.
 *
 * @param mostBytes what may be kept
 */
export function createBatchReader(
  dataset: RowSource,
  layout: BatchLayout,
  mostBytes = MOST_BYTES,
): BatchReader {
  const { width, history, ownHistory } = layout;
  const count = dataset.scenario.length;
  const sized = (size: number): BatchLayout => (size === layout.batch ? layout : { ...layout, batch: size });
  if (4 * count * width > mostBytes)
    return (rows, extra, into = null, size = layout.batch) =>
      readBatch(dataset, sized(size), rows, extra, into);

  /** Ids of each row `[rows, width]`, and whether they are there. */
  const packed = new Int32Array(count * width);
  const known = new Uint8Array(count);
  /** Behaviours of each row in its own scenario. */
  const ownLengths = ownHistory && new Uint8Array(count);

  function pack(rows: RowNumbers): void {
    let count = 0;
    for (let b = 0; b < rows.length; b++) count += 1 - known[rows[b]!]!;
    if (count === 0) return;
    const missing = Int32Array.from(rows.filter((row) => known[row] === 0));
    const { ids, ownHistoryMask } = readBatch(dataset, sized(missing.length), missing);
    for (let m = 0; m < missing.length; m++) {
      const row = missing[m]!;
      packed.set(ids.subarray(m * width, (m + 1) * width), row * width);
      if (ownHistory && ownLengths) {
        const mask = ownHistoryMask.subarray(m * ownHistory.length, (m + 1) * ownHistory.length);
        ownLengths[row] = mask.reduce((sum, value) => sum + value, 0);
      }
      known[row] = 1;
    }
  }

  return (rows, extra = {}, into = null, size = layout.batch) => {
    // It says what is wrong.
    if (rows.length > size) return readBatch(dataset, sized(size), rows, extra, into);
    const batch = into ? emptied(into) : allocateBatch(sized(size), Object.keys(extra));
    pack(rows);
    readRowColumns(dataset, rows, extra, batch);
    const { ids, ownHistoryMask } = batch;
    copyRows(packed, rows, width, ids);
    if (history) readHistoryMarks(dataset, history.length, rows, batch);
    if (ownHistory && ownLengths) {
      const { length } = ownHistory;
      for (let b = 0; b < rows.length; b++) {
        const end = b * length + ownLengths[rows[b]!]!;
        for (let at = b * length; at < end; at++) ownHistoryMask[at] = 1;
      }
    }
    return { ...batch, count: rows.length };
  };
}
