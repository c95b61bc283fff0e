import * as tf from '@tensorflow/tfjs-core';
import { pairInner, pairInnerGradient, squaredCosine, squaredCosineGradient } from '../kernels/rowPairs';

/** Inner product and both squared lengths of every pair of rows: `x [2, B, w]` to `[B, 3]`. */
export function pairInnerProducts(x: tf.Tensor3D): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [pairs, save] = given as [tf.Tensor3D, tf.GradSaveFunc];
    save([pairs]);
    return {
      value: pairInner({ x: pairs }, {}) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [saved]: tf.Tensor[]) => pairInnerGradient({ dy, x: saved! }, {}),
    };
  });
  return run(x);
}

/** Squared cosine of every pair `[B, 1]` from `pairInnerProducts`; `floor` joins the product of squared lengths below. */
export function squaredCosineSimilarity(products: tf.Tensor2D, floor: number): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [inner, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
    save([inner]);
    return {
      value: squaredCosine({ inner }, { floor }) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [saved]: tf.Tensor[]) =>
        squaredCosineGradient({ dy, inner: saved! }, { floor }),
    };
  });
  return run(products);
}
