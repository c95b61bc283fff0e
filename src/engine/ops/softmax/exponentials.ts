/** Exponentials of a softmax in host memory, which several kernels of a step ask for of the same logits. */

export interface Exponentials {
  /** Largest logit of each row `[B]`. */
  readonly largest: Float64Array;
  /** `exp(z − largest)` `[B, N]`. */
  readonly values: Float64Array;
  /** Their sum over each row `[B]`. */
  readonly totals: Float64Array;
}

/**
 * From so many classes on WASM has kernels of its own (`softmaxRows.as`), in float32. With fewer the exponentials are few, and runs that are stored keep
 * their bits.
 */
export const MANY_CLASSES = 17;

interface Known extends Exponentials {
  readonly logits: Float32Array;
  readonly columns: number;
}

/** Of the logits that were asked for last: a classifier of 355 scenarios is asked four times a step, and an exponential costs more than all else. */
let known: Known | null = null;

/** Whether all numbers are the same; one that is none is like no other. */
function same(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @param logits `[B, N]` with `columns` N. What is returned holds until the next call. */
export function exponentialsOf(logits: Float32Array, columns: number): Exponentials {
  const fits = known?.logits.length === logits.length && known.columns === columns;
  if (known && fits && same(known.logits, logits)) return known;
  const rows = logits.length / columns;
  const made: Known =
    known && fits
      ? known
      : {
          logits: new Float32Array(logits.length),
          columns,
          largest: new Float64Array(rows),
          values: new Float64Array(logits.length),
          totals: new Float64Array(rows),
        };
  known = made;
  made.logits.set(logits);
  for (let b = 0, first = 0; b < rows; b++, first += columns) {
    let largest = logits[first]!;
    for (let c = 1; c < columns; c++) largest = Math.max(largest, logits[first + c]!);
    let total = 0;
    for (let c = first; c < first + columns; c++) total += made.values[c] = Math.exp(logits[c]! - largest);
    made.largest[b] = largest;
    made.totals[b] = total;
  }
  return made;
}
