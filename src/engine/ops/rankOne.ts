import * as tf from '@tensorflow/tfjs-core';
import { rawProduct } from '../kernels/product';
import { rankOne } from '../kernels/rankOne';

/**
 * Adds to every row its own multiple of one direction: `x + factor · a w`, `x [B, M]`, `a [B, 1]`, `w [1, M]`. Differentiable by
 * all three.
 */
export function addOuterProduct(x: tf.Tensor2D, a: tf.Tensor2D, w: tf.Tensor2D, factor: number): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [from, rows, direction, save] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([rows, direction]);
    return {
      value: rankOne({ x: from, a: rows, w: direction }, { factor }) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [savedA, savedW]: tf.Tensor[]) => [
        tf.clone(dy),
        tf.mul(rawProduct(dy, savedW!, false, true), factor),
        tf.mul(rawProduct(savedA!, dy, true, false), factor),
      ],
    };
  });
  return run(x, a, w);
}
