import * as tf from '@tensorflow/tfjs-core';
import { as2, testOperation, type Form } from '../../testing/operation';
import { oneHotRows } from '../oneHotRows';
import { routeRows, sumByRoute } from '.';

/** Six rows among 20 routes, one of which belongs to none. */
const route = (): tf.Tensor2D => oneHotRows(tf.tensor1d([3, 19, 3, 0, -1, 7], 'int32'), 20);
/** Shares are multiplied out. */
const shares = (): tf.Tensor2D => tf.mul(route(), 0.5);

const rows =
  (of: () => tf.Tensor2D): Form =>
  (table) =>
    routeRows(as2(table), of());
const sums =
  (of: () => tf.Tensor2D): Form =>
  (x) =>
    sumByRoute(as2(x), of());

const picked = { spelled: (table: tf.Tensor) => tf.matMul(route(), as2(table)), shapes: [[20, 7]] };
const summed = { spelled: (x: tf.Tensor) => tf.matMul(route(), as2(x), true), shapes: [[6, 7]] };

testOperation({
  'rows by a one-hot': { ours: rows(route), ...picked },
  'rows by shares': { ...picked, ours: rows(shares), spelled: (table) => tf.matMul(shares(), as2(table)) },
  'sums by a one-hot': { ours: sums(route), ...summed },
  'sums by shares': { ...summed, ours: sums(shares), spelled: (x) => tf.matMul(shares(), as2(x), true) },
});
