import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { oneHotRows, openBackend, uniformArray } from '../..';
import { as2, as3 } from '../../testing/operation';
import { testAgainstPyTorch, type OfInputs } from '../../testing/pytorch';
import { expertLogits } from '.';

const routed: OfInputs = ({ x, weight, bias, route }) => expertLogits(as3(x), weight!, bias!, as2(route));

testAgainstPyTorch({
  expertLogits: ({ x, weight, bias }) => expertLogits(as3(x), weight!, bias!, null),
  'expertLogits.routed': routed,
  'expertLogits.shares': routed,
});

it('a route known by its indices gives the bits of its numbers', async () => {
  expect((await openBackend('wasm')).name).toBe('wasm');
  const draw = (name: string, shape: number[]): tf.Tensor =>
    tf.tensor(uniformArray(5, name, tf.util.sizeFromShape(shape), -1, 1), shape);
  const [x, weight, bias] = [draw('x', [6, 2, 5]), draw('weight', [4, 10]), draw('bias', [4, 2])];
  const noted = oneHotRows(tf.tensor1d([3, 0, 3, -1, 4, 1], 'int32'), 4);
  const written = tf.tensor2d([...noted.dataSync()], [6, 4]);
  const all = (route: tf.Tensor2D): number[][] => {
    const apply = (a: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => expertLogits(as3(a), w, b, route);
    const { value, grads } = tf.valueAndGrads((...given) =>
      tf.sum(tf.square(apply(given[0]!, given[1]!, given[2]!))),
    )([x, weight, bias]);
    return [apply(x, weight, bias), value, ...grads].map((tensor) => [...tensor.dataSync()]);
  };
  const fromIndices = all(noted);
  expect(fromIndices).toEqual(all(written));
  // Rows whose index is outside reach no head.
  expect(fromIndices[0]!.slice(6, 10)).toEqual([0, 0, 0, 0]);
  expect(fromIndices[0]!.slice(0, 6).every((value) => value !== 0)).toBe(true);
});
