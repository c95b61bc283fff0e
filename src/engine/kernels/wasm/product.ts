/** Matrix products of any batch on the WASM backend. */
import type * as tf from '@tensorflow/tfjs-core';
import { newOutput, pointer, wasmKernels } from './module';

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

const TRANSPOSE_A = 1;
const TRANSPOSE_B = 2;
export const ACCUMULATE = 4;

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

/** One product at addresses; all sizes in values. */
export function gemmAt(call: ProductCall): void {
  const { a, b, c, m, n, k, transposeA = false, transposeB = false } = call;
  const { run, scratch } = wasmKernels()!;
  run.gemm(
    a,
    b,
    c,
    call.bias ?? 0,
    m,
    n,
    k,
    call.lda ?? (transposeA ? m : k),
    call.ldb ?? (transposeB ? k : n),
    call.ldc ?? n,
    (transposeA ? TRANSPOSE_A : 0) | (transposeB ? TRANSPOSE_B : 0) | (call.accumulate ? ACCUMULATE : 0),
    scratch,
  );
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
    for (let i = 0; i < count; i++) {
      gemmAt({
        a: addressA + 4 * m * k * offsetsA[i]!,
        b: addressB + 4 * k * n * offsetsB[i]!,
        c: addressC + 4 * m * n * i,
        m,
        n,
        k,
        ...flags,
      });
    }
  }
  return out;
}
