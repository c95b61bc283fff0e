import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';

const stop = defineOperation<'x'>({
  name: 'EngineStopGradient',
  forward: ({ x }) => tf.clone(x),
  gradient: ([dy]) => ({ x: () => tf.zerosLike(dy!) }),
});

/** Passes the value and blocks the gradient (the library has no such operation). */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return stop({ x }, {}) as T;
}
