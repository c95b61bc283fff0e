/** A parameter's tensor with the rank that its shape promises. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../../../engine';

/** A parameter's tensor as `[n]`. */
export function tensor1({ tensor }: Pick<Parameter, 'tensor'>): tf.Tensor1D {
  return tensor as tf.Tensor1D;
}

/** A parameter's tensor as `[n, m]`. */
export function tensor2({ tensor }: Pick<Parameter, 'tensor'>): tf.Tensor2D {
  return tensor as tf.Tensor2D;
}
