import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const gradients = defineOperation({
  name: 'concatWithProductGradient',
  shapes: 'dy: B,L,2w; x: B,L,w; factor: B,w -> dx: B,L,w; dfactor: B,w',
  forward: ({ dy, x, factor }, _, { B, L, w }) => {
    const plain = tf.slice(dy, [0, 0, 0], [B, L, w]);
    const scaled = tf.slice(dy, [0, 0, w], [B, L, w]);
    return {
      dx: tf.add(plain, tf.mul(scaled, tf.expandDims(factor, 1))),
      dfactor: tf.sum(tf.mul(scaled, x), 1),
    };
  },
});

const operation = defineOperation({
  name: 'concatWithProduct',
  shapes: 'x: B,L,w; factor: B,w -> B,L,2w',
  forward: ({ x, factor }) => tf.concat([x, tf.mul(x, tf.expandDims(factor, 1))], 2),
  save: ['x', 'factor'],
  gradient: ({ dy, x, factor }) => {
    const { dx, dfactor } = gradients({ dy, x, factor });
    return { x: () => tf.clone(dx), factor: () => tf.clone(dfactor) };
  },
});

/**
 * `[x, x ⊙ factor]` side by side: `x [B, L, w]`, `factor [B, w]` the same for every position, to `[B, L, 2 w]`. What attention by
 * a small network reads of a key and a query. @throws RangeError naming the shapes.
 */
export function concatWithProduct(x: tf.Tensor3D, factor: tf.Tensor2D): tf.Tensor3D {
  return operation({ x, factor });
}
