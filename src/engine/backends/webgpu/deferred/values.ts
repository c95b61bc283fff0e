/**
 * Deferred values of the WebGPU backend: tensors whose numbers nobody has asked for yet. Each keeps what it is made of; `materialize.ts` makes
 * it, with its neighbours in one program, when a program, a read or a write needs it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Uniform } from '../program';

/** One tensor that a value reads, under the name that its code gives it. */
export interface Argument {
  readonly name: string;
  readonly dataId: tf.DataId;
  /** Whether it is read at the value's own index only. */
  readonly same: boolean;
  /** Reads of it for one element. */
  readonly reads: number;
  /** Places in the code that read it. */
  readonly places: number;
}

interface Deferred {
  readonly dataId: tf.DataId;
  readonly dtype: 'float32' | 'bool' | 'int32';
  readonly size: number;
  /** For labels: the operation's name. */
  readonly name: string;
  readonly args: readonly Argument[];
}

/** A number for every element, each by itself: `code` is the body of a WGSL function of `index`. */
export interface Formula extends Deferred {
  readonly kind: 'formula';
  readonly code: string;
  readonly uniforms: Readonly<Record<string, Uniform>>;
  /** Whether it only says where numbers lie (a transpose, a slice): read through, such a value costs nothing. */
  readonly layout: boolean;
  /** Arithmetic for one element, its arguments' aside. */
  readonly cost: number;
}

/**
 * Sums or maxima of `x` (`[outer, count, inner]`) over the middle; or means of it (`[count]`) weighted by `weight`,
 * `Σ x weight / max(Σ weight, 1)`.
 */
export interface Fold extends Deferred {
  readonly kind: 'fold';
  readonly fold: 'sum' | 'max' | 'mean';
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** Products of matrices: arguments `a` (`[batch, m, k]`) and `b` (`[batch, k, n]`), either transposed, either one for all. */
export interface Product extends Deferred {
  readonly kind: 'product';
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly sharedA: boolean;
  readonly sharedB: boolean;
}

export type Value = Formula | Fold | Product;
/** Values that take a loop of their own. */
export type Heavy = Fold | Product;

interface TensorData {
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  values: Float32Array | Int32Array | null;
  resource?: GPUBuffer | null;
}

export interface DeferringBackend {
  readonly tensorMap: { get(dataId: tf.DataId): TensorData; has(dataId: tf.DataId): boolean };
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  uploadToGPU(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
  incRef(dataId: tf.DataId): void;
  refCount(dataId: tf.DataId): number;
  read(dataId: tf.DataId): Promise<tf.BackendValues>;
  readSync(dataId: tf.DataId): tf.BackendValues;
}

let taught: DeferringBackend | null = null;

/** Values are deferred by this backend from now on. */
export function deferOn(backend: DeferringBackend): void {
  taught = backend;
}

/** The backend that defers: not always the current one, for tensors may be freed after another is opened. */
export function deferring(): DeferringBackend {
  if (!taught) throw new Error('No backend defers; install deferral first.');
  return taught;
}

const deferred = new Map<tf.DataId, Value>();
/** Deferred values by what they read. */
const readers = new Map<tf.DataId, Set<Value>>();

/** Values that are taken for made while it is planned what to make. */
let supposed: ReadonlySet<tf.DataId> | null = null;

/** What is deferred for a tensor; undefined where its numbers are there. */
export const deferredFor = (dataId: tf.DataId): Value | undefined =>
  supposed?.has(dataId) ? undefined : deferred.get(dataId);

/** What `work` would find if these were made. It must make nothing. */
export function supposeMade<T>(dataIds: ReadonlySet<tf.DataId>, work: () => T): T {
  supposed = dataIds;
  try {
    return work();
  } finally {
    supposed = null;
  }
}

/** Everything deferred, in the order of asking. */
export const allDeferred = (): Iterable<Value> => deferred.values();

export const readersOf = (dataId: tf.DataId): readonly Value[] => [...(readers.get(dataId) ?? [])];

/** Takes note of a value, and holds what it reads. */
function defer(value: Value): void {
  const backend = deferring();
  deferred.set(value.dataId, value);
  for (const { dataId } of value.args) {
    backend.incRef(dataId);
    const known = readers.get(dataId);
    if (known) known.add(value);
    else readers.set(dataId, new Set([value]));
  }
}

interface Tracking {
  readonly state: { readonly tensorInfo: { has(dataId: tf.DataId): boolean } };
  removeDataId(dataId: tf.DataId, backend: unknown): void;
}

/** Forgets a value that is made or that nobody can ask for any more, and lets go of what it reads. */
export function forget(value: Value): void {
  const backend = deferring();
  const engine = tf.engine() as unknown as Tracking;
  if (!deferred.delete(value.dataId)) return;
  for (const { dataId } of value.args) {
    const known = readers.get(dataId);
    known?.delete(value);
    if (known?.size === 0) readers.delete(dataId);
    if (backend.disposeData(dataId) && engine.state.tensorInfo.has(dataId)) {
      engine.removeDataId(dataId, backend);
    }
  }
}

/** Forgets everything: the device that would make it is gone. */
export function forgetOwed(): void {
  for (const value of [...deferred.values()]) forget(value);
  taught = null;
}

/** How a value is written down: its shape, what it reads by name, and its code. */
export interface FormulaCall {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'bool' | 'int32';
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly uniforms?: Readonly<Record<string, Uniform>>;
  /** Body of a function of `index` that returns an f32; reads inputs as arrays by their names, numbers as `uniforms.<name>`. */
  readonly code: string;
  readonly layout?: boolean;
  readonly cost?: number;
  /** Reads of each input for one element, where it is not as often as the code names it (loops). */
  readonly reads?: number;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

/** Where `[` at `open` closes. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '[') depth++;
    else if (code[at] === ']' && --depth === 0) return at;
  }
  throw new Error(`A bracket is open in ${code}.`);
}

/** Code with `name[…]` as `@name(…)`, and what it says of each input. */
function parseReads(code: string, names: readonly string[]) {
  let out = code;
  const found = new Map<string, { count: number; same: boolean }>();
  for (const name of names) {
    const entry = { count: 0, same: true };
    found.set(name, entry);
    const pattern = new RegExp(`(?<![\\w@.])${name}\\[`);
    for (;;) {
      const match = pattern.exec(out);
      if (!match) break;
      const open = match.index + name.length;
      const close = closing(out, open);
      const place = out.slice(open + 1, close);
      entry.count++;
      if (place !== 'index') entry.same = false;
      out = `${out.slice(0, match.index)}@${name}(${place})${out.slice(close + 1)}`;
    }
  }
  return { code: out, found };
}

const parsed = new Map<string, ReturnType<typeof parseReads>>();

/** A tensor that will be made from others element by element, when it is asked for. */
export function deferFormula(call: FormulaCall): tf.TensorInfo {
  const { name, shape, dtype = 'float32', inputs, uniforms = {}, layout = false, cost = 4, reads } = call;
  const names = Object.keys(inputs);
  const key = `${names.join()} ${call.code}`;
  let read = parsed.get(key);
  if (!read) parsed.set(key, (read = parseReads(call.code, names)));
  const { code, found } = read;
  const info = deferring().makeTensorInfo([...shape], dtype);
  const args = names.map((input): Argument => {
    const { count, same } = found.get(input)!;
    return { name: input, dataId: inputs[input]!.dataId, same, reads: reads ?? count, places: count };
  });
  const { dataId } = info;
  defer({ kind: 'formula', name, dataId, dtype, size: sizeOf(shape), args, uniforms, code, layout, cost });
  return info;
}

const argument = (name: string, { dataId }: tf.TensorInfo): Argument => ({
  name,
  dataId,
  same: false,
  reads: 1,
  places: 1,
});

/** Sums (or maxima) of `x`, seen as `[outer, count, inner]`, over the middle. */
export function deferFold(
  fold: 'sum' | 'max',
  x: tf.TensorInfo,
  shape: readonly number[],
  [outer, count, inner]: readonly [number, number, number],
): tf.TensorInfo {
  const info = deferring().makeTensorInfo([...shape], 'float32');
  const common = { name: fold, dataId: info.dataId, dtype: 'float32', size: outer * inner } as const;
  defer({ kind: 'fold', ...common, args: [argument('x', x)], fold, outer, count, inner });
  return info;
}

/** Weighted mean of `count` numbers, `[1]`. */
export function deferMean(x: tf.TensorInfo, weight: tf.TensorInfo, count: number): tf.TensorInfo {
  const info = deferring().makeTensorInfo([1], 'float32');
  const args = [argument('x', x), argument('weight', weight)];
  const common = { name: 'mean', dataId: info.dataId, dtype: 'float32', size: 1, args } as const;
  defer({ kind: 'fold', ...common, fold: 'mean', outer: 1, count, inner: 1 });
  return info;
}

export type ProductCall = Omit<Product, keyof Deferred | 'kind'> & {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly shape: readonly number[];
};

export function deferProduct({ a, b, shape, ...call }: ProductCall): tf.TensorInfo {
  const info = deferring().makeTensorInfo([...shape], 'float32');
  const common = { name: 'product', dataId: info.dataId, dtype: 'float32', size: sizeOf(shape) } as const;
  defer({ kind: 'product', ...common, args: [argument('a', a), argument('b', b)], ...call });
  return info;
}

/** Lets go of a value that only another one reads. */
export function dropInfo({ dataId }: tf.TensorInfo): void {
  deferring().disposeData(dataId);
}
