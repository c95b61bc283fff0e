import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul, matMul } from './matMul';

/** Linear layer: `x [B, in]`, `weight [in, out]`, `bias [out]` or null, to `[B, out]`. */
export function dense(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D {
  const product = matMul(x, weight);
  return bias ? tf.add(product, bias) : product;
}

/**
 * N linear layers over one shared input: `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[B, N, out]`.
 * One matrix product of width N·out.
 */
export function wide(x: tf.Tensor2D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  const [n, input, output] = weight.shape;
  const flat = tf.reshape(tf.transpose(weight, [1, 0, 2]), [input, n * output]);
  const product = tf.reshape<tf.Rank.R3>(matMul(x, flat as tf.Tensor2D), [x.shape[0], n, output]);
  return bias ? tf.add(product, bias) : product;
}

/** N linear layers, each over its own input: `x [N, B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[N, B, out]`. */
export function stackedDense(x: tf.Tensor3D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  const product = batchMatMul(x, weight);
  return bias ? tf.add(product, tf.expandDims(bias, 1)) : product;
}

/**
 * Mixes N vectors a row: `sum_n weights[:, n] * h[:, n, :]`, `h [B, N, out]`, `weights [B, N]`, to `[B, out]`.
 * With a one-hot it selects; with a gate it mixes. Gradients reach both.
 */
export function select(h: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  return tf.sum(tf.mul(h, tf.expandDims(weights, 2)), 1);
}
