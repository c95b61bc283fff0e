/** A linear layer for each network of a stack. */
import type * as tf from '@tensorflow/tfjs-core';
import { multiDenseStacked, stackedDense } from '../../engine';

/** Whether one input `[B, in]` stands for all networks of a stack, not one for each `[E, B, in]`. */
export function isShared(x: tf.Tensor2D | tf.Tensor3D): x is tf.Tensor2D {
  return x.rank === 2;
}

/** One input for all `[B, in]` or one for each `[E, B, in]`, weights `[E, in, out]`, to `[E, B, out]`. */
export function applyStackedLinear(
  x: tf.Tensor2D | tf.Tensor3D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
): tf.Tensor3D {
  return isShared(x) ? multiDenseStacked(x, weight, bias) : stackedDense(x, weight, bias);
}
