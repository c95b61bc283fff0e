/** Matrix products of any batch on the WASM backend. */
import type * as tf from '@tensorflow/tfjs-core';
import { newOutput, pointer, wasmKernels } from './module';
import type { Call } from './pool';
import { OWN_SCRATCH } from './poolThread';
import { cutProduct, type Cuttable } from './slices';

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

const TRANSPOSE_A = 1;
const TRANSPOSE_B = 2;
const ACCUMULATE = 4;
const SIX_ROWS = 8;
const WIDE = 16;

/** Products below this many multiplications skip packing when there are many of them. */
const SMALL = 4096;

export interface ProductCall {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Address of `[n]` values added to every row, or 0. */
  readonly bias?: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Row lengths as stored; by default those of contiguous matrices. */
  readonly lda?: number;
  readonly ldb?: number;
  readonly ldc?: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly accumulate?: boolean;
}

/**
 * Multiplications from which a product is worth sharing among threads: less is done before a sleeping thread wakes. Measured;
 * see docs/decisions/engine-kernels.md.
 */
const SHARE = 2 ** 22;
/** Parts per thread: a thread that comes late leaves the rest to the others. */
const PARTS = 2;

function resolve(call: ProductCall): Cuttable {
  const { a, b, c, m, n, k, transposeA = false, transposeB = false } = call;
  const { sixRows, wide } = wasmKernels()!;
  const flags =
    (transposeA ? TRANSPOSE_A : 0) |
    (transposeB ? TRANSPOSE_B : 0) |
    (call.accumulate ? ACCUMULATE : 0) |
    (sixRows ? SIX_ROWS : 0) |
    (wide ? WIDE : 0);
  const lda = call.lda ?? (transposeA ? m : k);
  const ldb = call.ldb ?? (transposeB ? k : n);
  return { a, b, c, bias: call.bias ?? 0, m, n, k, lda, ldb, ldc: call.ldc ?? n, flags };
}

function gemmCall({ a, b, c, bias, m, n, k, lda, ldb, ldc, flags }: Cuttable): Call {
  return { name: 'gemm', given: [a, b, c, bias, m, n, k, lda, ldb, ldc, flags, OWN_SCRATCH] };
}

const worth = (calls: readonly ProductCall[]): number =>
  calls.reduce((sum, { m, n, k }) => sum + m * n * k, 0);

/** One product at addresses; all sizes in values. */
export function gemmAt(call: ProductCall): void {
  gemmAll([call]);
}

/** Products that write different places. */
export function gemmAll(calls: readonly ProductCall[]): void {
  const { run, scratch, pool } = wasmKernels()!;
  const work = pool ? worth(calls) : 0;
  if (!pool || work < SHARE) {
    for (const call of calls) {
      const { a, b, c, bias, m, n, k, lda, ldb, ldc, flags } = resolve(call);
      run.gemm(a, b, c, bias, m, n, k, lda, ldb, ldc, flags, scratch);
    }
    return;
  }
  const wanted = pool.threads * PARTS;
  pool.run(
    calls.flatMap((call) => {
      const parts = Math.max(1, Math.round((wanted * call.m * call.n * call.k) / work));
      return cutProduct(resolve(call), parts).map((part) => [gemmCall(part)]);
    }),
  );
}

/** Products into one place, of which all but the first add to it: every part of it sees them in their order. */
export function gemmChain(calls: readonly ProductCall[]): void {
  const { pool } = wasmKernels()!;
  if (!pool || worth(calls) < SHARE) return calls.forEach(gemmAt);
  // Asked once: a thread that becomes ready meanwhile must not cut some products otherwise than those before them.
  const parts = pool.threads * PARTS;
  const cut = calls.map((call) => cutProduct(resolve(call), parts));
  pool.run(cut[0]!.map((_, part) => cut.map((all) => gemmCall(all[part]!))));
}

/** Index of operand's matrix for each matrix of a broadcast batch. */
function batchOffsets(own: readonly number[], whole: readonly number[]): Int32Array {
  const count = size(whole);
  const offsets = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let rest = i;
    let offset = 0;
    let stride = 1;
    for (let axis = whole.length - 1; axis >= 0; axis--) {
      const at = rest % whole[axis]!;
      rest = (rest - at) / whole[axis]!;
      const length = own[axis - (whole.length - own.length)] ?? 1;
      if (length > 1) offset += at * stride;
      stride *= length;
    }
    offsets[i] = offset;
  }
  return offsets;
}

/** op(a) op(b) over the last two axes, leading axes broadcast. */
export function wasmProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.TensorInfo {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const m = transposeA ? columnsA : rowsA;
  const k = transposeA ? rowsA : columnsA;
  const n = transposeB ? rowsB : columnsB;
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const rank = Math.max(outerA.length, outerB.length);
  const outer = Array.from({ length: rank }, (_, axis) =>
    Math.max(outerA[axis - rank + outerA.length] ?? 1, outerB[axis - rank + outerB.length] ?? 1),
  );
  const out = newOutput([...outer, m, n]);
  const count = size(outer);
  if (count * m * n === 0) return out;
  const flags = { transposeA, transposeB };
  const addressA = pointer(a);
  const addressB = pointer(b);
  const addressC = pointer(out);
  const countA = size(outerA);
  const countB = size(outerB);
  if (countB === 1 && countA === count && !transposeA) {
    gemmAt({ a: addressA, b: addressB, c: addressC, m: m * count, n, k, ...flags });
  } else if (countA === count && countB === count && count > 4 && m * n * k <= SMALL) {
    const bits = (transposeA ? TRANSPOSE_A : 0) | (transposeB ? TRANSPOSE_B : 0);
    wasmKernels()!.run.gemmSmall(addressA, addressB, addressC, count, m, n, k, m * k, k * n, m * n, bits);
  } else {
    const offsetsA = batchOffsets(outerA, outer);
    const offsetsB = batchOffsets(outerB, outer);
    gemmAll(
      Array.from({ length: count }, (_, i) => ({
        a: addressA + 4 * m * k * offsetsA[i]!,
        b: addressB + 4 * k * n * offsetsB[i]!,
        c: addressC + 4 * m * n * i,
        m,
        n,
        k,
        ...flags,
      })),
    );
  }
  return out;
}
