/**
 * The library's WASM kernels that training leans on, replaced by ours: products (theirs cache packed weights by tensor and
 * are slow transposed or batched), sums, transposes, tiles, slices, pads, concatenations, arithmetic that broadcasts, and clones.
 *
 * Anything ours do not cover goes to the library's kernel.
 */
import * as tf from '@tensorflow/tfjs-core';
import { alias } from '../hostMemory';
import { free, newOutput, pointer, wasmKernels } from './module';
import { wasmProduct } from './product';

type Inputs = Readonly<Record<string, tf.TensorInfo>>;
type Attributes = tf.NamedAttrMap;
/** Null hands the call to the library's own kernel. */
type Replacement = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

function sum({ x }: Inputs, { axis, keepDims }: Attributes): tf.TensorInfo | null {
  if (x!.dtype !== 'float32') return null;
  const shape = x!.shape;
  const axes = tf.util.parseAxisParam(axis as number | number[], shape).sort((p, q) => p - q);
  if (axes.length === 0 || size(shape) === 0) return null;
  const left = shape.map((length, i) => (axes.includes(i) ? 1 : length));
  const out = newOutput(keepDims ? left : left.filter((_, i) => !axes.includes(i)));
  sumRuns(pointer(x!), shape, axes, pointer(out));
  return out;
}

/** Sums over axes in ascending order into `out`: neighbours at once, a run of them after the other from the first on. */
function sumRuns(x: number, shape: readonly number[], axes: readonly number[], out: number): void {
  const first = axes[0]!;
  const count = axes.findIndex((value, i) => value !== first + i);
  const last = count < 0 ? axes[axes.length - 1]! : axes[count - 1]!;
  const summed = shape.map((length, i) => (i >= first && i <= last ? 1 : length));
  const partial = count < 0 ? null : newOutput(summed);
  const to = partial ? pointer(partial) : out;
  const [outer, rows] = [size(shape.slice(0, first)), size(shape.slice(first, last + 1))];
  const columns = size(shape.slice(last + 1));
  const { run } = wasmKernels()!;
  if (columns === 1) run.sumColumns(x, to, outer, rows);
  else run.sumRows(x, to, outer, rows, columns);
  if (!partial) return;
  sumRuns(to, summed, axes.slice(count), out);
  free(partial);
}

/** Merges axes that stay neighbours, so that most permutations become "swap the middle two of four". */
export function blockTranspose(
  shape: readonly number[],
  permutation: readonly number[],
): readonly [outer: number, rows: number, columns: number, inner: number] | null {
  const groups: number[][] = [];
  for (const axis of permutation.filter((value) => shape[value] !== 1)) {
    const last = groups[groups.length - 1];
    const previous = last?.[last.length - 1];
    const between = previous === undefined ? [] : shape.slice(previous + 1, axis);
    if (last && previous! < axis && between.every((length) => length === 1)) last.push(axis);
    else groups.push([axis]);
  }
  const order = groups.map((group) => group[0]!);
  const length = (group: readonly number[]): number => size(group.map((axis) => shape[axis]!));
  const sorted = [...order].sort((p, q) => p - q);
  let start = 0;
  while (start < order.length && order[start] === sorted[start]) start++;
  if (start === order.length) return [1, 1, 1, size(shape)];
  if (order[start + 1] !== sorted[start] || order[start] !== sorted[start + 1]) return null;
  for (let i = start + 2; i < order.length; i++) if (order[i] !== sorted[i]) return null;
  const outer = size(groups.slice(0, start).map(length));
  const inner = size(groups.slice(start + 2).map(length));
  return [outer, length(groups[start + 1]!), length(groups[start]!), inner];
}

function transpose({ x }: Inputs, { perm }: Attributes): tf.TensorInfo | null {
  if (x!.dtype !== 'float32' || size(x!.shape) === 0) return null;
  const permutation = perm as number[];
  const plan = blockTranspose(x!.shape, permutation);
  if (!plan) return null;
  const out = newOutput(permutation.map((axis) => x!.shape[axis]!));
  wasmKernels()!.run.transposeBlocks(pointer(x!), pointer(out), ...plan);
  return out;
}

function tile({ x }: Inputs, { reps }: Attributes): tf.TensorInfo | null {
  const repeats = reps as number[];
  const shape = x!.shape;
  if (x!.dtype !== 'float32' || size(shape) === 0) return null;
  // One run of neighbouring axes may be repeated, and all but its first must have length 1.
  const first = repeats.findIndex((count) => count > 1);
  if (first < 0) return null;
  let last = first;
  while (last + 1 < shape.length && repeats[last + 1]! > 1 && shape[last + 1] === 1) last++;
  if (repeats.slice(last + 1).some((count) => count !== 1)) return null;
  if (last > first && shape[first] !== 1) return null;
  const out = newOutput(shape.map((length, i) => length * repeats[i]!));
  const inner = size(shape.slice(first));
  const times = size(repeats.slice(first, last + 1));
  wasmKernels()!.run.repeatBlocks(pointer(x!), pointer(out), size(shape.slice(0, first)), times, inner);
  return out;
}

/** Another name for the same memory, as the other backends have it; the library's copies, and every kernel on the tape clones. */
function identity({ x }: Inputs): tf.TensorInfo | null {
  return x!.dtype === 'string' ? null : alias(x!);
}

function concat(inputs: Inputs, { axis }: Attributes): tf.TensorInfo | null {
  const parts = Object.values(inputs);
  const [first] = parts;
  if (!first || parts.some(({ dtype, shape }) => dtype !== 'float32' || size(shape) === 0)) return null;
  const at = tf.util.parseAxisParam(axis as number, first.shape)[0]!;
  const rows = size(first.shape.slice(0, at));
  const widths = parts.map(({ shape }) => size(shape.slice(at)));
  const width = widths.reduce((sum, own) => sum + own, 0);
  const length = parts.reduce((sum, { shape }) => sum + shape[at]!, 0);
  const out = newOutput(first.shape.map((own, i) => (i === at ? length : own)));
  let to = pointer(out);
  parts.forEach((part, i) => {
    wasmKernels()!.run.paste(pointer(part), to, 1, 1, rows, widths[i]!, 0, 0, width);
    to += 4 * widths[i]!;
  });
  return out;
}

function gather({ x, indices }: Inputs, { axis, batchDims }: Attributes): tf.TensorInfo | null {
  const plain = x!.dtype === 'float32' && indices!.dtype === 'int32';
  if (!plain || axis !== 0 || batchDims !== 0 || size(x!.shape) === 0) return null;
  const [rows, ...inner] = x!.shape as [number, ...number[]];
  const out = newOutput([...indices!.shape, ...inner]);
  const places = [pointer(x!), pointer(indices!), pointer(out)] as const;
  wasmKernels()!.run.gatherRows(...places, size(indices!.shape), rows, size(inner));
  return out;
}

interface Axis {
  readonly length: number;
  readonly stride: number;
}

/** Lengths of three outer axes and of a run, then the outer axes' strides. */
type Rectangle = readonly [number, number, number, number, number, number, number];

/**
 * A rectangle of `part` inside a tensor of shape `whole`, beginning at `begin`: axes merged to three outer ones and a run
 * of neighbouring values, with the strides of the outer ones in the whole. Null where it takes more axes.
 */
export function rectangle(
  whole: readonly number[],
  part: readonly number[],
  begin: readonly number[],
): { readonly start: number; readonly layout: Rectangle } | null {
  let stride = 1;
  let start = 0;
  let inner = 1;
  let contiguous = true;
  const outer: Axis[] = [];
  for (let axis = whole.length - 1; axis >= 0; axis--) {
    start += begin[axis]! * stride;
    if (contiguous) {
      inner *= part[axis]!;
      contiguous = part[axis] === whole[axis];
    } else if (part[axis] !== 1) {
      outer.unshift({ length: part[axis]!, stride });
    }
    stride *= whole[axis]!;
  }
  if (outer.length > 3) return null;
  while (outer.length < 3) outer.unshift({ length: 1, stride: 0 });
  const [p, q, r] = outer as [Axis, Axis, Axis];
  return { start, layout: [p.length, q.length, r.length, inner, p.stride, q.stride, r.stride] };
}

function slice({ x }: Inputs, { begin, size: wanted }: Attributes): tf.TensorInfo | null {
  if (x!.dtype !== 'float32') return null;
  const [from, part] = tf.slice_util.parseSliceParams(
    x as tf.Tensor,
    begin as number[],
    wanted as number[],
  ) as [number[], number[]];
  const plan = rectangle(x!.shape, part, from);
  if (!plan || size(part) === 0) return null;
  const out = newOutput(part);
  wasmKernels()!.run.cut(pointer(x!) + 4 * plan.start, pointer(out), ...plan.layout);
  return out;
}

function pad({ x }: Inputs, { paddings, constantValue }: Attributes): tf.TensorInfo | null {
  if (x!.dtype !== 'float32' || constantValue !== 0) return null;
  const edges = paddings as [number, number][];
  const whole = x!.shape.map((length, axis) => edges[axis]![0] + length + edges[axis]![1]);
  const plan = rectangle(
    whole,
    x!.shape,
    edges.map(([before]) => before),
  );
  if (!plan || size(x!.shape) === 0) return null;
  const out = newOutput(whole);
  const kernels = wasmKernels()!;
  kernels.heap().fill(0, pointer(out), pointer(out) + 4 * size(whole));
  kernels.run.paste(pointer(x!), pointer(out) + 4 * plan.start, ...plan.layout);
  return out;
}

type Four = readonly [number, number, number, number];

/** Shape of a broadcast and both operands' strides, neighbours merged, at most four axes; null where more are needed. */
export function broadcastLayout(
  a: readonly number[],
  b: readonly number[],
): { readonly shape: number[]; readonly layout: readonly [...Four, ...Four, ...Four] } | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  const axes: { length: number; a: boolean; b: boolean }[] = [];
  for (let i = 0; i < rank; i++) {
    const lengthA = a[i - rank + a.length] ?? 1;
    const lengthB = b[i - rank + b.length] ?? 1;
    const length = lengthA === 1 ? lengthB : lengthA;
    shape.push(length);
    if (length === 1) continue;
    const here = { length, a: lengthA !== 1, b: lengthB !== 1 };
    const last = axes[axes.length - 1];
    if (last && last.a === here.a && last.b === here.b) last.length *= length;
    else axes.push(here);
  }
  if (axes.length > 4) return null;
  while (axes.length < 4) axes.unshift({ length: 1, a: false, b: false });
  const strides = (side: 'a' | 'b'): Four => {
    let stride = 1;
    return axes
      .map((axis) => axis)
      .reverse()
      .map((axis) => {
        const own = axis[side] ? stride : 0;
        if (axis[side]) stride *= axis.length;
        return own;
      })
      .reverse() as [number, number, number, number];
  };
  const lengths = axes.map(({ length }) => length) as [number, number, number, number];
  return { shape, layout: [...lengths, ...strides('a'), ...strides('b')] };
}

function arithmetic(op: number): Replacement {
  return ({ a, b }) => {
    if (a!.dtype !== 'float32' || b!.dtype !== 'float32') return null;
    const plan = broadcastLayout(a!.shape, b!.shape);
    if (!plan || size(plan.shape) === 0) return null;
    const out = newOutput(plan.shape);
    wasmKernels()!.run.binary(op, pointer(a!), pointer(b!), pointer(out), ...plan.layout);
    return out;
  };
}

const replacements: Readonly<Record<string, Replacement>> = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    a!.dtype === 'float32' && b!.dtype === 'float32'
      ? wasmProduct(a!, b!, transposeA === true, transposeB === true)
      : null,
  Concat: concat,
  GatherV2: gather,
  Identity: identity,
  PadV2: pad,
  Slice: slice,
  Sum: sum,
  Transpose: transpose,
  Tile: tile,
  Add: arithmetic(0),
  Sub: arithmetic(1),
  Multiply: arithmetic(2),
  RealDiv: arithmetic(3),
};

let replaced = false;

/** Puts ours in the place of the library's. Call once the backend and our module run. */
export function replaceLibraryKernels(): void {
  if (replaced) return;
  replaced = true;
  for (const [kernelName, ours] of Object.entries(replacements)) {
    const theirs = tf.getKernel(kernelName, 'wasm');
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      ...theirs,
      kernelFunc: (call) => {
        const result = wasmKernels() ? ours(call.inputs as unknown as Inputs, call.attrs ?? {}) : null;
        return result ?? theirs.kernelFunc(call);
      },
    });
  }
}
