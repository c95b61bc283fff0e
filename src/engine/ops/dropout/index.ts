import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../types';

/** Inverted dropout in `train` mode; the input itself in `evaluate` mode or at rate 0. */
export function dropout<T extends tf.Tensor>(x: T, rate: number, mode: Mode): T {
  if (mode.kind === 'evaluate' || rate === 0) return x;
  return tf.mul(x, mode.dropoutMask(x.shape, rate));
}
