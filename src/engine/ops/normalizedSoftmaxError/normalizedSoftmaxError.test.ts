import * as tf from '@tensorflow/tfjs-core';
import { as2, oneHot, oneHotOf, testOperation, type OperationCase } from '../../testing/operation';
import { normalizedSoftmaxError } from '.';

const of = (targets: () => tf.Tensor2D, shape: [number, number]): OperationCase => ({
  ours: (z) => normalizedSoftmaxError(as2(z), targets(), 1e-12),
  spelled: (z) => {
    const error = tf.sub(tf.softmax(z), targets());
    return tf.div(error, tf.sqrt(tf.add(tf.sum(tf.square(error), 1, true), 1e-12)));
  },
  shapes: [shape],
});

testOperation({
  'softmax minus one-hot, by its length': of(oneHot, [5, 3]),
  // Four values at a time, and what is left of a row: nothing to three.
  ...Object.fromEntries(
    [20, 37, 18, 355].map((classes) => [
      `softmax minus one-hot over ${classes} classes`,
      of(() => oneHotOf(5, classes), [5, classes]),
    ]),
  ),
});
