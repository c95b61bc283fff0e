import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../types';

/** Mask that dropout multiplies `x` by, shaped as it; null in `evaluate` mode and at rate 0. */
export function dropoutMaskOf<T extends tf.Tensor>(x: T, rate: number, mode: Mode): T | null {
  if (mode.kind === 'evaluate' || rate === 0) return null;
  // A mask has the shape that is asked for.
  return mode.dropoutMask(x.shape, rate) as T;
}

/** Inverted dropout in `train` mode; the input itself in `evaluate` mode or at rate 0. */
export function dropout<T extends tf.Tensor>(x: T, rate: number, mode: Mode): T {
  const mask = dropoutMaskOf(x, rate, mode);
  return mask ? tf.mul(x, mask) : x;
}
