import * as tf from '@tensorflow/tfjs-core';
import { as3, testOperation } from '../../testing/operation';
import { fieldPairProducts } from '.';

const pairs = (count: number): readonly (readonly [number, number])[] =>
  Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: count - i - 1 }, (_, k) => [i, i + k + 1] as const),
  );

testOperation({
  'inner products of every pair of five fields': {
    ours: (x) => fieldPairProducts(as3(x)),
    spelled: (x) => {
      const fields = tf.unstack(x, 1);
      const products = pairs(5).map(([i, j]) => tf.sum(tf.mul(fields[i]!, fields[j]!), 1));
      return tf.stack(products, 1);
    },
    shapes: [[3, 5, 4]],
  },
  'two fields are one pair': {
    ours: (x) => fieldPairProducts(as3(x)),
    spelled: (x) => {
      const [one, other] = tf.unstack(x, 1);
      return tf.sum(tf.mul(one!, other!), 1, true);
    },
    shapes: [[4, 2, 3]],
  },
});
