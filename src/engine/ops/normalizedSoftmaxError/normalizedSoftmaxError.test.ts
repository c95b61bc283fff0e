import * as tf from '@tensorflow/tfjs-core';
import { as2, oneHot, testOperation } from '../../testing/operation';
import { normalizedSoftmaxError } from '.';

testOperation({
  'softmax minus one-hot, by its length': {
    ours: (z) => normalizedSoftmaxError(as2(z), oneHot(), 1e-12),
    spelled: (z) => {
      const error = tf.sub(tf.softmax(z), oneHot());
      return tf.div(error, tf.sqrt(tf.add(tf.sum(tf.square(error), 1, true), 1e-12)));
    },
    shapes: [[5, 3]],
  },
});
