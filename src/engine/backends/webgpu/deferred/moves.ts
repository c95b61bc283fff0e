/** Deferred tensors whose elements lie elsewhere in others: transposes, slices, concatenations. They cost no program where they are read through. */
import * as tf from '@tensorflow/tfjs-core';
import { placeOf, stridesOf } from './layout';
import { deferFormula, deferredFor } from './values';

/** Operands that leave one of a program's eight buffers for the result. */
export const MOST_OPERANDS = 7;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);
export const isFloat = (x: tf.TensorInfo): boolean => x.dtype === 'float32';

/** A tensor whose elements lie elsewhere in `x`. */
export function moved(
  name: string,
  x: tf.TensorInfo,
  shape: readonly number[],
  place: string,
): tf.TensorInfo {
  const code = `return x[${place}];`;
  return deferFormula({ name, shape, inputs: { x }, code, layout: true, cost: 1 });
}

export function transposed(x: tf.TensorInfo, order: readonly number[]): tf.TensorInfo {
  const strides = stridesOf(x.shape);
  const axes = order.map((axis) => ({ length: x.shape[axis]!, stride: strides[axis]! }));
  const shape = axes.map(({ length }) => length);
  return moved('Transpose', x, shape, placeOf(axes));
}

/** Parts `[outer, own]` side by side. */
export function sideBySide(
  name: string,
  list: readonly tf.TensorInfo[],
  widths: readonly number[],
  shape: readonly number[],
): tf.TensorInfo | null {
  if (list.length > MOST_OPERANDS || !list.every(isFloat)) return null;
  const whole = widths.reduce((sum, width) => sum + width, 0);
  let from = 0;
  const parts = list.map((_, i) => {
    const read = `part${i}[row * ${widths[i]!} + column - ${from}]`;
    from += widths[i]!;
    return i === list.length - 1 ? `return ${read};` : `if (column < ${from}) { return ${read}; }`;
  });
  return deferFormula({
    name,
    shape,
    inputs: Object.fromEntries(list.map((each, i) => [`part${i}`, each])),
    code: `let row = index / ${whole}; let column = index % ${whole}; ${parts.join(' ')}`,
    layout: true,
    cost: 2,
  });
}

interface Joined {
  readonly axis: number;
  readonly shape: readonly number[];
  readonly parts: readonly tf.TensorInfo[];
}

/** What concatenations that are not made yet are made of. */
const joined = new WeakMap<tf.DataId, Joined>();

/** Takes note of the parts of a concatenation along `axis`. */
export function noteParts(whole: tf.TensorInfo, axis: number, parts: readonly tf.TensorInfo[]): void {
  joined.set(whole.dataId, { axis, shape: whole.shape, parts });
}

/** The part of a concatenation in which all of a slice lies, and where it begins there: reading it need not bind the other parts. */
function partOf(
  x: tf.TensorInfo,
  from: readonly number[],
  lengths: readonly number[],
): { readonly part: tf.TensorInfo; readonly begin: readonly number[] } | null {
  const found = deferredFor(x.dataId) && joined.get(x.dataId);
  if (!found || !tf.util.arraysEqual([...found.shape], x.shape)) return null;
  const { axis, parts } = found;
  let start = 0;
  for (const part of parts) {
    const end = start + part.shape[axis]!;
    if (from[axis]! >= start && from[axis]! + lengths[axis]! <= end)
      return { part, begin: from.map((place, at) => (at === axis ? place - start : place)) };
    start = end;
  }
  return null;
}

/** From `from` on, `lengths` elements along each axis. */
export function slice(x: tf.TensorInfo, from: readonly number[], lengths: readonly number[]): tf.TensorInfo {
  const within = partOf(x, from, lengths);
  if (within) return slice(within.part, within.begin, lengths);
  const strides = stridesOf(x.shape);
  const offset = from.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  const axes = lengths.map((length, axis) => ({ length, stride: strides[axis]! }));
  return moved('Slice', x, lengths, placeOf(axes, offset));
}
