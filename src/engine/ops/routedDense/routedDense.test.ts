import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { oneHotRows } from '../oneHotRows';
import { as2, as3, oneHot, testOperation, values, type Form } from '../../testing/operation';
import { testAgainstPyTorch, type OfInputs } from '../../testing/pytorch';
import { planOf } from './plan';
import { routedDense, routedSharedDense } from '.';

const operation: OfInputs = ({ x, weight, bias, route }) =>
  routedDense(as2(x), as3(weight), as2(bias), as2(route));

testAgainstPyTorch({ routedDense: operation, 'routedDense.shares': operation });

/** Every row's product with every n's weights, of which the route picks. */
const spelled =
  (combine: (weight: tf.Tensor, shared: tf.Tensor) => tf.Tensor): Form =>
  (x, weight, shared, bias) => {
    const route = tf.expandDims(oneHot(), 2);
    const all = tf.matMul(tf.tile(tf.expandDims(x, 0), [3, 1, 1]), combine(weight, shared));
    const rows = tf.add(tf.transpose(all, [1, 0, 2]), bias);
    return tf.sum(tf.mul(rows, route), 1);
  };

const combined =
  (combine: 'multiply' | 'add'): Form =>
  (x, weight, shared, bias) =>
    routedSharedDense(as2(x), as3(weight), { shared: as2(shared), combine }, as2(bias), oneHot());

/** Widths with whole tiles of sixteen, four and one, so that every part of the kernels runs. */
const shapes = [
  [5, 9],
  [3, 9, 21],
  [9, 21],
  [3, 21],
];

testOperation({
  'own weights times shared ones': {
    ours: combined('multiply'),
    spelled: spelled(tf.mul),
    shapes,
    tolerance: 5e-6,
  },
  'own weights plus shared ones': {
    ours: combined('add'),
    spelled: spelled(tf.add),
    shapes,
    tolerance: 5e-6,
  },
});

it.each([
  ['own weights', null],
  ['own weights times shared ones', 'multiply'],
  ['own weights plus shared ones', 'add'],
] as const)('few rows meet %s where they lie, to the bits of a product', async (_name, combine) => {
  await openBackend('wasm');
  const [input, groups] = [22, 3];
  /** `rows` rows of the first group and one of the second; a share other than 1 makes every group a product of its own. */
  const run = (output: number, rows: number, share: number): number[][] =>
    tf.tidy(() => {
      const index = tf.tensor1d([...Array.from({ length: rows }, () => 0), 1], 'int32');
      const shares = tf.tensor2d([...Array.from({ length: rows }, () => 1), share], [rows + 1, 1]);
      const route: tf.Tensor2D = tf.mul(oneHotRows(index, groups), shares);
      const x = values<tf.Rank.R2>([rows + 1, input], 1);
      const weight = values<tf.Rank.R3>([groups, input, output], 2);
      const bias = values<tf.Rank.R2>([groups, output], 3);
      const shared = values<tf.Rank.R2>([input, output], 5);
      const layer = (a: tf.Tensor, w: tf.Tensor): tf.Tensor2D =>
        combine
          ? routedSharedDense(as2(a), as3(w), { shared, combine }, bias, route)
          : routedDense(as2(a), as3(w), bias, route);
      const value = layer(x, weight);
      const [dx, dWeight] = tf.grads((a, w) => tf.mul(layer(a, w), values([rows + 1, output], 4)))([
        x,
        weight,
      ]);
      return [
        tf.slice(value, [0, 0], [rows, output]),
        tf.slice(dx!, [0, 0], [rows, input]),
        tf.slice(dWeight!, [0, 0, 0], [1, input, output]),
        tf.slice(dWeight!, [2, 0, 0], [1, input, output]),
      ].map((tensor) => Array.from(tensor.dataSync()));
    });
  // Columns in whole tiles of four and not, narrow and wide.
  for (const output of [1, 2, 3, 4, 10, 15, 16, 37]) {
    for (let rows = 1; rows <= 9; rows++) {
      const few = run(output, rows, 1);
      expect(few, `${rows} rows, ${output} columns`).toEqual(run(output, rows, 0.5));
      // An absent group gets no gradient.
      expect(few[3]!.every((each) => each === 0)).toBe(true);
    }
  }
});

it('a one-hot’s plan is the same from its indices as from its numbers, those outside included', async () => {
  await openBackend('wasm');
  for (const [indices, depth] of [
    [[2, 0, 2, -1, 1, 5, 2], 5],
    [[0, 0, 0], 1],
    [[-1, -1], 3],
    [Array.from({ length: 400 }, (_, b) => (b * b) % 37), 40],
  ] as const) {
    tf.tidy(() => {
      const noted = oneHotRows(tf.tensor1d([...indices], 'int32'), depth);
      // Other memory, of which nothing is known.
      const plain = tf.tensor2d(noted.dataSync().slice(), [indices.length, depth]);
      expect(planOf(noted)).toEqual(planOf(plain));
    });
  }
});
