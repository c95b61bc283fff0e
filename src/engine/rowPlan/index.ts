/** The plan of the embedding table's deterministic gradient: where a batch's ids lie in the table, sorted. */
import { createCounter, type Counter } from './counting';

/**
 * Where a batch's ids lie in the table, sorted: positions of one row are neighbours. Arrays have static lengths; entries
 * past `unique` are 0 (rows) or the end (starts). Padding (id 0) belongs to no segment. A batch has S segments at most: as many as it has ids,
 * and as the table has rows.
 */
export interface RowPlan {
  /** Distinct rows of the batch. */
  readonly unique: number;
  /** Table row of each segment `[S]`. */
  readonly rows: Int32Array;
  /** Positions in the batch's ids, by row, then by position `[M]`. */
  readonly order: Int32Array;
  /** Segment s is `order[starts[s] … starts[s+1])` `[S + 1]`. */
  readonly starts: Int32Array;
}

/** Inputs of a step that a plan's arrays are. */
export const PLAN_INPUTS = { rows: 'plan.rows', order: 'plan.order', starts: 'plan.starts' } as const;

/** What a plan is written into. */
export type PlanArrays = Pick<RowPlan, 'rows' | 'order' | 'starts'>;

/**
 * Arrays of a plan for `count` ids of a table of so many rows: whoever plans step after step hands the same ones in, as making them
 * takes half the time.
 */
export function emptyPlan(count: number, vocabularySize: number): PlanArrays {
  const segments = Math.min(count, vocabularySize);
  return {
    rows: new Int32Array(segments),
    order: new Int32Array(count),
    starts: new Int32Array(segments + 1),
  };
}

/** From this many table rows for each id on, counting all rows takes longer than sorting the ids. */
const SORTED_FROM = 64;

const outside = (id: number, vocabularySize: number): RangeError =>
  new RangeError(`Id ${id} is outside the table's ${vocabularySize} rows; check the fields' offsets.`);

/** Bits that are sorted by at a time. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Positions `from[0 … used)` to `to`, by the digit of their ids that begins at bit `shift`; equal ones keep their order. */
function sortByDigit(ids: Int32Array, from: Int32Array, to: Int32Array, used: number, shift: number): void {
  const places = new Int32Array(DIGITS);
  for (let k = 0; k < used; k++) places[(ids[from[k]!]! >>> shift) & (DIGITS - 1)]!++;
  let before = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = places[digit]!;
    places[digit] = before;
    before += count;
  }
  for (let k = 0; k < used; k++) {
    const position = from[k]!;
    to[places[(ids[position]! >>> shift) & (DIGITS - 1)]!++] = position;
  }
}

/** The plan by sorting positions by their ids, digit by digit: for tables of which a batch touches few rows. */
function planBySorting(ids: Int32Array, vocabularySize: number, into: PlanArrays): RowPlan {
  const { rows, order, starts } = into;
  const count = ids.length;
  let [sorted, other] = [new Int32Array(count), new Int32Array(count)];
  let used = 0;
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= vocabularySize) throw outside(id, vocabularySize);
    if (id !== 0) sorted[used++] = i;
  }
  for (let shift = 0; vocabularySize - 1 >= 2 ** shift; shift += DIGIT_BITS) {
    sortByDigit(ids, sorted, other, used, shift);
    [sorted, other] = [other, sorted];
  }
  let unique = 0;
  for (let place = 0; place < used; place++) {
    const row = ids[sorted[place]!]!;
    if (unique > 0 && rows[unique - 1] === row) continue;
    rows[unique] = row;
    starts[unique++] = place;
  }
  starts[unique] = used;
  order.set(sorted);
  order.fill(0, used);
  return { ...into, unique };
}

/** The plan by counting the ids of every row, as `planRows.as` does. */
function planByLoops(ids: Int32Array, vocabularySize: number, into: PlanArrays): RowPlan {
  const { rows, order, starts } = into;
  const count = ids.length;
  const places = new Int32Array(vocabularySize);
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= vocabularySize) throw outside(id, vocabularySize);
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
  starts[unique] = at;
  for (let i = 0; i < count; i++) {
    const id = ids[i]!;
    if (id !== 0) order[places[id]!++] = i;
  }
  order.fill(0, at);
  return { ...into, unique };
}

function planByCounting(
  counter: Counter,
  ids: Int32Array,
  vocabularySize: number,
  into: PlanArrays,
): RowPlan {
  const counted = counter.count(ids, vocabularySize);
  if ('outside' in counted) throw outside(ids[counted.outside]!, vocabularySize);
  const { unique, rows, order, starts } = counted;
  into.rows.set(rows.subarray(0, unique));
  into.order.set(order);
  into.starts.set(starts.subarray(0, unique + 1));
  return { ...into, unique };
}

/** Made at the first plan; null where it cannot be. */
let made: Counter | null | undefined;

function ownCounter(): Counter | null {
  if (made === undefined) made = createCounter();
  return made;
}

/**
 * Plans the gradient of one batch: its ids in order, into the arrays given.
 *
 * @param counter counts ids where that is quicker than sorting them: in WebAssembly where there is any; null: in plain loops
 * @throws RangeError for an id outside the vocabulary
 */
export function planRows(
  ids: Int32Array,
  vocabularySize: number,
  into = emptyPlan(ids.length, vocabularySize),
  counter = ownCounter(),
): RowPlan {
  const plan =
    vocabularySize >= SORTED_FROM * ids.length
      ? planBySorting(ids, vocabularySize, into)
      : counter
        ? planByCounting(counter, ids, vocabularySize, into)
        : planByLoops(ids, vocabularySize, into);
  const { unique, rows, starts } = plan;
  rows.fill(0, unique);
  starts.fill(starts[unique]!, unique);
  return plan;
}
