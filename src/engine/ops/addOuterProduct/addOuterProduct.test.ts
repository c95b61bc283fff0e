import * as tf from '@tensorflow/tfjs-core';
import { as2, testOperation } from '../../testing/operation';
import { addOuterProduct } from '.';

testOperation({
  'x + factor a w': {
    ours: (x, a, w) => addOuterProduct(as2(x), as2(a), as2(w), -0.3),
    spelled: (x, a, w) => tf.sub(x, tf.mul(tf.mul(a, w), 0.3)),
    shapes: [
      [5, 6],
      [5, 1],
      [1, 6],
    ],
  },
});
