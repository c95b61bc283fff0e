import * as tf from '@tensorflow/tfjs-core';

/** Softmax over the last axis. */
export function softmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.softmax(x);
}

/** Logarithm of the softmax over the last axis. */
export function logSoftmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.logSoftmax(x);
}

/** Softmax over the last axis where `mask` (same shape) is 1; zeros elsewhere, and everywhere when a row has no 1. */
export function maskedSoftmax<T extends tf.Tensor>(x: T, mask: tf.Tensor): T {
  return tf.mul(tf.softmax(tf.add(x, tf.mul(tf.sub(mask, 1), 1e9))), mask);
}
