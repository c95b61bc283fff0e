import type * as tf from '@tensorflow/tfjs-core';
import { as2 } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { dense } from '.';

testAgainstPyTorch({
  dense: ({ x, weight, bias }) => dense(as2(x), as2(weight), bias as tf.Tensor1D),
});
