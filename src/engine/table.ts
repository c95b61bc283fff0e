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

/** Zeros, one a row of the table, between two plans: making them for every step takes longer than the plan. */
let zeros = new Int32Array(0);

function scratch(vocabularySize: number): Int32Array {
  if (zeros.length !== vocabularySize) zeros = new Int32Array(vocabularySize);
  return zeros;
}

/** What a plan is written into. */
export type PlanArrays = Pick<RowPlan, 'rows' | 'order' | 'starts'>;

/** Arrays of a plan for `count` ids: whoever plans step after step hands the same ones in, as making them takes half the time. */
export function emptyPlan(count: number): PlanArrays {
  return { rows: new Int32Array(count), order: new Int32Array(count), starts: new Int32Array(count + 1) };
}

/** From this many table rows for each id on, counting all rows takes longer than sorting the ids. */
const SORTED_FROM = 64;

const outside = (id: number, vocabularySize: number): RangeError =>
  new RangeError(`Id ${id} is outside the table's ${vocabularySize} rows; check the fields' offsets.`);

/** The plan by sorting ids with their positions: for tables of which a batch touches few rows. */
function planBySorting(
  ids: Int32Array,
  vocabularySize: number,
  { rows, order, starts }: PlanArrays,
): RowPlan {
  const count = ids.length;
  const keys = new Float64Array(count);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= vocabularySize) throw outside(id, vocabularySize);
    // Whole numbers below 2^53: a table has fewer than 2^31 rows, a batch far fewer ids than 2^22.
    if (id !== 0) keys[used++] = id * count + i;
  }
  keys.subarray(0, used).sort();
  let unique = 0;
  for (let place = 0; place < used; place++) {
    const row = Math.floor(keys[place]! / count);
    order[place] = keys[place]! - row * count;
    if (unique > 0 && rows[unique - 1] === row) continue;
    rows[unique] = row;
    starts[unique++] = place;
  }
  rows.fill(0, unique);
  order.fill(0, used);
  starts.fill(used, unique);
  return { unique, rows, order, starts };
}

/** Plans the gradient of one batch: its ids in order, into the arrays given. @throws RangeError for an id outside the vocabulary. */
export function planRows(
  ids: Int32Array,
  vocabularySize: number,
  { rows, order, starts } = emptyPlan(ids.length),
): RowPlan {
  const count = ids.length;
  if (vocabularySize >= SORTED_FROM * count)
    return planBySorting(ids, vocabularySize, { rows, order, starts });
  const places = scratch(vocabularySize);
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= vocabularySize) {
      places.fill(0);
      throw outside(id, vocabularySize);
    }
    places[id]!++;
  }
  let unique = 0;
  let at = 0;
  // Numbers of occurrences become the places of the first of them.
  for (let row = 1; row < vocabularySize; row++) {
    const occurrences = places[row]!;
    if (occurrences === 0) continue;
    rows[unique] = row;
    starts[unique++] = at;
    places[row] = at;
    at += occurrences;
  }
  rows.fill(0, unique);
  starts.fill(at, unique);
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id !== 0) order[places[id]!++] = i;
  }
  order.fill(0, at);
  places[0] = 0;
  for (let s = 0; s < unique; s++) places[rows[s]!] = 0;
  return { unique, rows, order, starts };
}

/** Rows of the table by id: `ids [M]` int32 to `[M, dim]`. In a training step these rows are the leaf of the gradient. */
export function gatherTable(table: EmbeddingTable, ids: tf.Tensor1D): tf.Tensor2D {
  return tf.gather(table.tensor, ids);
}
