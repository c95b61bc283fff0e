import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { as2, as3, testOperation } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { batchMatMul, batchMatMulTransposed, matMul, matMulTransposed, transposedMatMul } from '.';

testAgainstPyTorch({
  matMul: ({ a, b }) => matMul(as2(a), as2(b)),
  batchMatMul: ({ a, b }) => batchMatMul(as3(a), as3(b)),
  'batchMatMul.many': ({ a, b }) => batchMatMul(as3(a), as3(b)),
});

testOperation({
  'a bᵀ': {
    ours: (a, b) => matMulTransposed(as2(a), as2(b)),
    spelled: (a, b) => tf.matMul(as2(a), tf.transpose(as2(b))),
    shapes: [
      [5, 4],
      [6, 4],
    ],
  },
  'aᵀ b': {
    ours: (a, b) => transposedMatMul(as2(a), as2(b)),
    spelled: (a, b) => tf.matMul(tf.transpose(as2(a)), as2(b)),
    shapes: [
      [5, 4],
      [5, 6],
    ],
  },
  'a bᵀ in a batch': {
    ours: (a, b) => batchMatMulTransposed(as3(a), as3(b)),
    spelled: (a, b) => tf.matMul(as3(a), tf.transpose(as3(b), [0, 2, 1])),
    shapes: [
      [2, 5, 4],
      [2, 6, 4],
    ],
  },
});

it('products name both shapes where they do not fit', () => {
  tf.tidy(() => {
    const a = tf.zeros<tf.Rank.R2>([2, 3]);
    const b = tf.zeros<tf.Rank.R2>([3, 4]);
    expect(() => matMulTransposed(a, b)).toThrow('a [2, 3] and b [3, 4]');
    expect(() => transposedMatMul(a, b)).toThrow('a [2, 3] and b [3, 4]');
    const batch = tf.zeros<tf.Rank.R3>([2, 3, 4]);
    expect(() => batchMatMulTransposed(batch, tf.zeros([3, 3, 4]))).toThrow('[3, 3, 4]');
  });
});
