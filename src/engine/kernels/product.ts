import * as tf from '@tensorflow/tfjs-core';

function transposed(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]);
}

/**
 * op(a) op(b) without a gradient. WASM's product is many times slower with transpose flags or a batch, so there
 * operands are transposed and batches are unrolled.
 */
export function rawProduct(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => {
    const left = transposeA ? transposed(a) : a;
    const right = transposeB ? transposed(b) : b;
    if (a.rank === 2) return tf.matMul(left, right);
    const lefts = tf.unstack(left);
    const rights = tf.unstack(right);
    return tf.stack(lefts.map((slice, i) => tf.matMul(slice, rights[i]!)));
  });
}
