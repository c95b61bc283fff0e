import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { maskedSoftmaxForward, softmaxGradient } from '../kernels/rows';

/** Softmax over the last axis. */
export function softmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.softmax(x);
}

/** Logarithm of the softmax over the last axis. */
export function logSoftmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.logSoftmax(x);
}

const masked = defineOperation<'x' | 'mask'>({
  name: 'EngineMaskedSoftmax',
  saveInputs: ['mask'],
  saveOutputs: [true],
  forward: (inputs) => maskedSoftmaxForward(inputs, {}),
  gradient: ([dy], [mask, y]) => ({
    x: () => softmaxGradient({ dy: dy!, y: y! }, {}),
    mask: () => tf.zerosLike(mask!),
  }),
});

/**
 * Softmax over the last axis where `mask` (same shape) is 1; zeros elsewhere, and everywhere when a row has no 1. No gradient
 * reaches the mask. @throws RangeError where the shapes differ.
 */
export function maskedSoftmax<T extends tf.Tensor>(x: T, mask: tf.Tensor): T {
  if (!tf.util.arraysEqual(x.shape, mask.shape)) {
    throw new RangeError(
      `maskedSoftmax got [${x.shape.join(', ')}] and a mask [${mask.shape.join(', ')}]; they need one shape.`,
    );
  }
  return masked({ x, mask }, {}) as T;
}
