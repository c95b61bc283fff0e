import * as tf from '@tensorflow/tfjs-core';
import { as3, testOperation } from '../../testing/operation';
import { pairInnerProducts, squaredCosineSimilarity } from '.';

testOperation({
  'squared cosines of pairs': {
    ours: (x) => squaredCosineSimilarity(pairInnerProducts(as3(x)), 1e-12),
    spelled: (x) => {
      const [p, q] = tf.unstack(x) as [tf.Tensor, tf.Tensor];
      const length = (y: tf.Tensor): tf.Tensor => tf.sum(tf.square(y), 1, true);
      return tf.div(tf.square(tf.sum(tf.mul(p, q), 1, true)), tf.mul(length(p), length(q)));
    },
    shapes: [[2, 5, 6]],
  },
});
