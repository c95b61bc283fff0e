import * as tf from '@tensorflow/tfjs-core';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { split } from '.';

testAgainstPyTorch({
  split: ({ x }) => {
    const [first, , last] = split(x!, [2, 1, 3], 1);
    return tf.concat([tf.mul(first!, 2), last!], 1);
  },
});
