import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const operation = defineOperation({
  name: 'stopGradient',
  shapes: 'x: ... -> ...',
  forward: ({ x }) => tf.clone(x),
  constants: ['x'],
  gradient: () => ({}),
});

/** Passes the value and blocks the gradient (the library has no such operation). */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return operation({ x }) as T;
}
