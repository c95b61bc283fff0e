import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';

const largest = defineOperation<'x'>({
  name: 'EngineMaxLast',
  saveInputs: ['x'],
  saveOutputs: [true],
  forward: ({ x }) => tf.max(x, -1),
  gradient: ([dy], saved) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    // x never exceeds y, so "not below" is "equal".
    return {
      x: () => tf.mul(tf.expandDims(dy!, -1), tf.sub(1, tf.step(tf.sub(tf.expandDims(y, -1), x)))),
    };
  },
});

/** Largest value over the last axis. Every value that ties for it gets the whole gradient. */
export function maxLast<T extends tf.Tensor>(x: tf.Tensor): T {
  return largest({ x }, {}) as T;
}
