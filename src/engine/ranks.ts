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

/** Last axis of length `depth`, 1 at the index and 0 elsewhere; all 0 for an index outside, such as -1. As float32. */
export function oneHot(index: tf.Tensor, depth: number): tf.Tensor {
  // The library refuses a single class.
  const hot = depth === 1 ? tf.equal(tf.expandDims(index, -1), 0) : tf.oneHot(index, depth);
  return tf.cast(hot, 'float32');
}
