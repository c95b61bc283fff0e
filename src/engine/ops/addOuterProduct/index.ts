import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { product } from '../matMul/product';

interface Factor {
  readonly factor: number;
}

const operation = defineOperation({
  name: 'addOuterProduct',
  shapes: 'x: B,M; a: B,1; w: 1,M -> B,M',
  loop: {
    host: ({ x, a, w }, out, { M }, { factor }: Factor) => {
      let at = 0;
      for (const value of a) {
        for (let c = 0; c < M; c++, at++) out[at] = x[at]! + factor * value * w[c]!;
      }
    },
    device: () => `
      let b = index / uniforms.M;
      result[index] = x[index] + uniforms.factor * a[b] * w[index - b * uniforms.M];`,
  },
  save: ['a', 'w'],
  gradient: ({ dy, a, w }, { factor }) => ({
    x: () => tf.clone(dy),
    a: () => tf.mul(product(dy, w, false, true), factor),
    w: () => tf.mul(product(a, dy, true, false), factor),
  }),
});

/**
 * Adds to every row its own multiple of one direction: `x + factor · a w`, `x [B, M]`, `a [B, 1]`, `w [1, M]`. Differentiable by
 * all three. @throws RangeError naming the shapes.
 */
export function addOuterProduct(x: tf.Tensor2D, a: tf.Tensor2D, w: tf.Tensor2D, factor: number): tf.Tensor2D {
  return operation({ x, a, w }, { factor });
}
