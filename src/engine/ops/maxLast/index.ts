import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const operation = defineOperation({
  name: 'maxLast',
  shapes: 'x: ...,n -> ...',
  forward: ({ x }) => tf.max(x, -1),
  save: ['x', 'y'],
  gradient: ({ dy, x, y }) => ({
    // x never exceeds y, so "not below" is "equal".
    x: () => tf.mul(tf.expandDims(dy, -1), tf.sub(1, tf.step(tf.sub(tf.expandDims(y, -1), x)))),
  }),
});

/** Largest value over the last axis. Every value that ties for it gets the whole gradient. */
export function maxLast<T extends tf.Tensor>(x: tf.Tensor): T {
  return operation({ x }) as T;
}
