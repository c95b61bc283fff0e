import * as tf from '@tensorflow/tfjs-core';
import { besideProductForward, besideProductGradient } from '../kernels/besideProduct';
import { defineOperation } from '../kernels/defineOperation';

const operation = defineOperation<'x' | 'y'>({
  name: 'EngineBesideProduct',
  saveInputs: ['x', 'y'],
  forward: (inputs) => besideProductForward(inputs, {})[0]!,
  gradient: ([dy], [x, y]) => {
    const [dx, dQuery] = besideProductGradient({ dout: dy!, x: x!, y: y! }, {});
    return { x: () => tf.clone(dx!), y: () => tf.clone(dQuery!) };
  },
});

/**
 * `[x, x ⊙ y]` side by side: `x [B, L, w]`, `y [B, w]` the same for every position, to `[B, L, 2 w]`. What attention by a small
 * network reads of a key and a query. @throws RangeError naming the shapes.
 */
export function concatWithProduct(x: tf.Tensor3D, y: tf.Tensor2D): tf.Tensor3D {
  if (x.rank !== 3 || y.rank !== 2 || x.shape[0] !== y.shape[0] || x.shape[2] !== y.shape[1]) {
    throw new RangeError(
      `concatWithProduct got [${x.shape.join(', ')}] and [${y.shape.join(', ')}]; it needs [B, L, w] and [B, w].`,
    );
  }
  return operation({ x, y }, {}) as tf.Tensor3D;
}
