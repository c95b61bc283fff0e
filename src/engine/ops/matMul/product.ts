import * as tf from '@tensorflow/tfjs-core';

/** op(a) op(b) without a gradient of its own; rank 2, or rank 3 with one batch. */
export function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  return tf.matMul(a, b, transposeA, transposeB);
}
