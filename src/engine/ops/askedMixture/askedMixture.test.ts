import * as tf from '@tensorflow/tfjs-core';
import { as2, as3, oneHot, testOperation } from '../../testing/operation';
import { stopGradient } from '../stopGradient';
import { askedMixture } from '.';

const POOL = [2, 0] as const;

/** Branch n of the three, `[5, 6]`. */
function branch(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, n: number): tf.Tensor {
  const one = tf.reshape<tf.Rank.R2>(tf.slice(weight, [n, 0, 0], [1, 4, 6]), [4, 6]);
  const linear = tf.add(tf.matMul(as2(x), one), tf.slice(bias, [n, 0], [1, 6]));
  return tf.mul(linear, tf.step(linear, 0.2));
}

testOperation({
  'a mixture of the own branch and a pool’s': {
    ours: (x, weight, bias, alpha) =>
      askedMixture({
        ...{ x: as2(x), weight: as3(weight), bias: as2(bias), alpha: as2(alpha) },
        own: oneHot(),
        pool: POOL,
        slope: 0.2,
      }),
    spelled: (x, weight, bias, alpha) => {
      const share = (slot: number): tf.Tensor => tf.slice(alpha, [0, slot], [5, 1]);
      const asked = POOL.map((n, slot) => tf.mul(stopGradient(branch(x, weight, bias, n)), share(slot)));
      const own = [0, 1, 2].map((n) =>
        tf.mul(tf.mul(branch(x, weight, bias, n), tf.slice(oneHot(), [0, n], [5, 1])), share(2)),
      );
      return tf.addN([...asked, ...own]);
    },
    shapes: [
      [5, 4],
      [3, 4, 6],
      [3, 6],
      [5, 3],
    ],
    // The gradient of the pool's branches is stopped.
    differences: false,
  },
});
