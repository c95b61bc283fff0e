import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { product } from './product';

/** Gradients of op(a) op(b). */
const gradients = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean) => ({
  a: () => (transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)),
  b: () => (transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)),
});

const plain = defineOperation({
  name: 'matMul',
  shapes: 'a: m,k; b: k,n -> m,n',
  forward: ({ a, b }) => product(a, b, false, false),
  save: ['a', 'b'],
  gradient: ({ dy, a, b }) => gradients(dy, a, b, false, false),
});

/** Matrix product `[m, k] x [k, n] -> [m, n]`. @throws RangeError naming both shapes. */
export function matMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return plain({ a, b });
}

const batch = defineOperation({
  name: 'batchMatMul',
  shapes: 'a: N,m,k; b: N,k,n -> N,m,n',
  forward: ({ a, b }) => product(a, b, false, false),
  save: ['a', 'b'],
  gradient: ({ dy, a, b }) => gradients(dy, a, b, false, false),
});

/** Products of N matrices `[N, m, k] x [N, k, n] -> [N, m, n]`; batches do not broadcast. @throws RangeError naming both shapes. */
export function batchMatMul(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  return batch({ a, b });
}

const byTransposed = defineOperation({
  name: 'matMulTransposed',
  shapes: 'a: m,k; b: n,k -> m,n',
  forward: ({ a, b }) => product(a, b, false, true),
  save: ['a', 'b'],
  gradient: ({ dy, a, b }) => gradients(dy, a, b, false, true),
});

/** `a bᵀ`: `[m, k] x [n, k] -> [m, n]`, nothing transposed in memory. @throws RangeError naming both shapes. */
export function matMulTransposed(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return byTransposed({ a, b });
}

const ofTransposed = defineOperation({
  name: 'transposedMatMul',
  shapes: 'a: k,m; b: k,n -> m,n',
  forward: ({ a, b }) => product(a, b, true, false),
  save: ['a', 'b'],
  gradient: ({ dy, a, b }) => gradients(dy, a, b, true, false),
});

/** `aᵀ b`: `[k, m] x [k, n] -> [m, n]`, nothing transposed in memory. @throws RangeError naming both shapes. */
export function transposedMatMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return ofTransposed({ a, b });
}

const batchByTransposed = defineOperation({
  name: 'batchMatMulTransposed',
  shapes: 'a: N,m,k; b: N,n,k -> N,m,n',
  forward: ({ a, b }) => product(a, b, false, true),
  save: ['a', 'b'],
  gradient: ({ dy, a, b }) => gradients(dy, a, b, false, true),
});

/** N products `a bᵀ`: `[N, m, k] x [N, n, k] -> [N, m, n]`. @throws RangeError naming both shapes. */
export function batchMatMulTransposed(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  return batchByTransposed({ a, b });
}
