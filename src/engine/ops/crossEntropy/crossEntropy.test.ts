import * as tf from '@tensorflow/tfjs-core';
import { as2, oneHot, testOperation } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { crossEntropy } from '.';

testAgainstPyTorch({
  crossEntropy: ({ logits, oneHot: targets, weight }) => crossEntropy(as2(logits), as2(targets), as2(weight)),
});

const rowWeight = (): tf.Tensor2D => tf.tensor2d([1, 1, 0, 1, 0.5], [5, 1]);

testOperation({
  'cross-entropy of a softmax': {
    ours: (z) => crossEntropy(as2(z), oneHot(), rowWeight()),
    spelled: (z) => {
      const rows = tf.neg(tf.sum(tf.mul(oneHot(), tf.logSoftmax(z)), 1, true));
      return tf.div(tf.sum(tf.mul(rows, rowWeight())), tf.sum(rowWeight()));
    },
    shapes: [[5, 3]],
  },
});
