import type * as tf from '@tensorflow/tfjs-core';
import { rawProduct } from '../kernels/product';
import { defineOperation } from '../kernels/defineOperation';

interface ProductFlags {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** op(a) op(b) over the last two axes; the first axis of rank-3 operands is a batch that both share. */
const product = defineOperation<'a' | 'b', ProductFlags>({
  name: 'EngineProduct',
  saveInputs: ['a', 'b'],
  forward: ({ a, b }, { transposeA, transposeB }) => rawProduct(a, b, transposeA, transposeB),
  gradient: ([dy], [a, b], { transposeA, transposeB }) => ({
    a: () => (transposeA ? rawProduct(b!, dy!, transposeB, true) : rawProduct(dy!, b!, false, !transposeB)),
    b: () => (transposeB ? rawProduct(dy!, a!, true, transposeA) : rawProduct(a!, dy!, !transposeA, false)),
  }),
});

function check(name: string, a: tf.Tensor, b: tf.Tensor, rank: number): void {
  const inner = a.shape[rank - 1] === b.shape[rank - 2];
  const outer = rank === 2 || a.shape[0] === b.shape[0];
  if (a.rank !== rank || b.rank !== rank || !inner || !outer) {
    throw new RangeError(
      `${name} got shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; it needs ` +
        (rank === 2 ? '[m, k] and [k, n].' : '[N, m, k] and [N, k, n] with the same N (no broadcasting).'),
    );
  }
}

/** Matrix product `[m, k] x [k, n] -> [m, n]`. @throws RangeError naming both shapes. */
export function matMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  check('matMul', a, b, 2);
  return product({ a, b }, { transposeA: false, transposeB: false }) as tf.Tensor2D;
}

/** Products of N matrices `[N, m, k] x [N, k, n] -> [N, m, n]`; batches do not broadcast. @throws RangeError naming both shapes. */
export function batchMatMul(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  check('batchMatMul', a, b, 3);
  return product({ a, b }, { transposeA: false, transposeB: false }) as tf.Tensor3D;
}

/** `a bᵀ`: `[m, k] x [n, k] -> [m, n]`, nothing transposed in memory. @throws RangeError naming both shapes. */
export function matMulTransposed(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (a.rank !== 2 || b.rank !== 2 || a.shape[1] !== b.shape[1]) {
    throw new RangeError(
      `matMulTransposed got shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; it needs [m, k] and [n, k].`,
    );
  }
  return product({ a, b }, { transposeA: false, transposeB: true }) as tf.Tensor2D;
}

/** `aᵀ b`: `[k, m] x [k, n] -> [m, n]`, nothing transposed in memory. @throws RangeError naming both shapes. */
export function transposedMatMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (a.rank !== 2 || b.rank !== 2 || a.shape[0] !== b.shape[0]) {
    throw new RangeError(
      `transposedMatMul got shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; it needs [k, m] and [k, n].`,
    );
  }
  return product({ a, b }, { transposeA: true, transposeB: false }) as tf.Tensor2D;
}

/** N products `a bᵀ`: `[N, m, k] x [N, n, k] -> [N, m, n]`. @throws RangeError naming both shapes. */
export function batchMatMulTransposed(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  const fits = a.rank === 3 && b.rank === 3 && a.shape[0] === b.shape[0] && a.shape[2] === b.shape[2];
  if (!fits) {
    throw new RangeError(
      `batchMatMulTransposed got shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; it needs [N, m, k] and [N, n, k].`,
    );
  }
  return product({ a, b }, { transposeA: false, transposeB: true }) as tf.Tensor3D;
}
