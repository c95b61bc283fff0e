/** The merged embedding table: its gather and the plan of its deterministic gradient. */
import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingTable } from './types';

/**
 * Where a batch's ids lie in the table, sorted: positions of one row are neighbours. Arrays have static lengths; entries
 * past `unique` are 0 (rows) or the end (starts). Padding (id 0) belongs to no segment.
 */
export interface RowPlan {
  /** Distinct rows of the batch. */
  readonly unique: number;
  /** Table row of each segment `[M]`. */
  readonly rows: Int32Array;
  /** Positions in the batch's ids, by row, then by position `[M]`. */
  readonly order: Int32Array;
  /** Segment s is `order[starts[s] … starts[s+1])` `[M + 1]`. */
  readonly starts: Int32Array;
}

/** Inputs of a step that a plan's arrays are. */
export const PLAN_INPUTS = { rows: 'plan.rows', order: 'plan.order', starts: 'plan.starts' } as const;

/** Plans the gradient of one batch: a counting sort of its ids. @throws RangeError for an id outside the vocabulary. */
export function planRows(ids: Int32Array, vocabularySize: number): RowPlan {
  const count = ids.length;
  const counts = new Int32Array(vocabularySize);
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= vocabularySize) {
      throw new RangeError(
        `Id ${id} is outside the table's ${vocabularySize} rows; check the fields' offsets.`,
      );
    }
    counts[id]!++;
  }
  const rows = new Int32Array(count);
  const starts = new Int32Array(count + 1);
  const next = new Int32Array(vocabularySize);
  let unique = 0;
  let at = 0;
  for (let row = 1; row < vocabularySize; row++) {
    if (counts[row] === 0) continue;
    rows[unique] = row;
    starts[unique++] = at;
    next[row] = at;
    at += counts[row]!;
  }
  starts.fill(at, unique);
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) if (ids[i] !== 0) order[next[ids[i]!]!++] = i;
  return { unique, rows, order, starts };
}

/** Rows of the table by id: `ids [M]` int32 to `[M, dim]`. In a training step these rows are the leaf of the gradient. */
export function gatherTable(table: EmbeddingTable, ids: tf.Tensor1D): tf.Tensor2D {
  return tf.gather(table.tensor, ids);
}
