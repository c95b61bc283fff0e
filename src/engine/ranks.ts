/** Operations of the library whose results have a known rank that its types do not tell. */
import * as tf from '@tensorflow/tfjs-core';

/** Vectors of n side by side: `[n]` each, to `[n, list]`. */
export function stackColumns(list: tf.Tensor1D[]): tf.Tensor2D {
  return tf.stack(list, 1) as tf.Tensor2D;
}

/** Matrices one after the other: `[n, m]` each, to `[list, n, m]`. */
export function stackMatrices(list: tf.Tensor2D[]): tf.Tensor3D {
  return tf.stack(list) as tf.Tensor3D;
}

/** One-hot rows `[n, depth]` of indices `[n]` int32, as float32. */
export function oneHotRows(index: tf.Tensor1D, depth: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(index, depth) as tf.Tensor2D, 'float32');
}
