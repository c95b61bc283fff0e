import * as tf from '@tensorflow/tfjs-core';
import { as2, as3, oneHot, testOperation } from '../../testing/operation';
import { stopGradient } from '../stopGradient';
import { mixtureOwnGradient } from '.';

testOperation({
  'a mixture that trains the own branch': {
    ours: (x, weight, bias, alpha) =>
      mixtureOwnGradient({
        x: as2(x),
        weight: as3(weight),
        bias: as2(bias),
        alpha: as2(alpha),
        oneHot: oneHot(),
        slope: 0.2,
      }),
    spelled: (x, weight, bias, alpha) => {
      const branches = tf.unstack(weight).map((one, n) => {
        const linear = tf.add(tf.matMul(as2(x), as2(one)), tf.slice(bias, [n, 0], [1, 6]));
        const h = tf.mul(linear, tf.step(linear, 0.2));
        const own = tf.slice(oneHot(), [0, n], [5, 1]);
        const kept = tf.add(tf.mul(h, own), tf.mul(stopGradient(h), tf.sub(1, own)));
        return tf.mul(kept, tf.slice(alpha, [0, n], [5, 1]));
      });
      return tf.addN(branches);
    },
    shapes: [
      [5, 4],
      [3, 4, 6],
      [3, 6],
      [5, 3],
    ],
    // The gradient of other branches is stopped.
    differences: false,
  },
});
