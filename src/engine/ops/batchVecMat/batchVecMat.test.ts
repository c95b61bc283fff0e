import * as tf from '@tensorflow/tfjs-core';
import { as2, as3, testOperation } from '../../testing/operation';
import { batchVecMat } from '.';

const shapes = [
  [5, 4],
  [5, 4, 4],
];

testOperation({
  'rows times their own matrices': {
    ours: (v, t) => batchVecMat(as2(v), as3(t)),
    spelled: (v, t) => tf.sum(tf.mul(tf.expandDims(v, 2), t), 1),
    shapes,
  },
  'rows times their own matrices, transposed': {
    ours: (v, t) => batchVecMat(as2(v), as3(t), true),
    spelled: (v, t) => tf.sum(tf.mul(tf.expandDims(v, 1), t), 2),
    shapes,
  },
});
