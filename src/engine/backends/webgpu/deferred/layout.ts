/** WGSL for where an element lies in memory. */

/** One axis of the output: its length, and how far apart its neighbours lie in the input (0: the same number). */
export interface Axis {
  readonly length: number;
  readonly stride: number;
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The input's place of the output's `index`, for axes from the outermost on. */
export function placeOf(axes: readonly Axis[], offset = 0): string {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.length === 1) continue;
    const before = merged.at(-1);
    if (before?.stride === axis.stride * axis.length) {
      merged[merged.length - 1] = { length: before.length * axis.length, stride: axis.stride };
    } else merged.push(axis);
  }
  const terms: string[] = [];
  let inner = 1;
  for (let at = merged.length - 1; at >= 0; at--) {
    const { length, stride } = merged[at]!;
    if (stride !== 0) {
      const divided = inner === 1 ? 'index' : `index / ${inner}`;
      const own = at === 0 ? divided : `${divided} % ${length}`;
      terms.unshift(stride === 1 ? own : `${at === 0 && inner === 1 ? own : `(${own})`} * ${stride}`);
    }
    inner *= length;
  }
  if (offset !== 0) terms.unshift(String(offset));
  return terms.length === 0 ? '0' : terms.join(' + ');
}

/** Where the numbers of a tensor of `shape` lie that is broadcast over `out`. */
export function broadcastPlace(shape: readonly number[], out: readonly number[]): string {
  const missing = out.length - shape.length;
  const strides = stridesOf(shape);
  return placeOf(
    out.map((length, axis) => {
      const own = axis - missing;
      return { length, stride: own < 0 || shape[own] === 1 ? 0 : strides[own]! };
    }),
  );
}
