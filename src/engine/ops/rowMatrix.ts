import * as tf from '@tensorflow/tfjs-core';
import { rowMatrix, rowOuter } from '../kernels/rowMatrix';

/**
 * Each row's vector times its own matrix: `v [B, K]`, `t [B, K, K]`, to `[B, K]`; with `transposed`, times the matrix'
 * transpose.
 */
export function batchVecMat(v: tf.Tensor2D, t: tf.Tensor3D, transposed = false): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [vector, matrix, save] = given as [tf.Tensor2D, tf.Tensor3D, tf.GradSaveFunc];
    save([vector, matrix]);
    return {
      value: rowMatrix({ v: vector, t: matrix }, { transposed }) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [savedV, savedT]: tf.Tensor[]) => [
        rowMatrix({ v: dy, t: savedT! }, { transposed: !transposed }),
        transposed ? rowOuter({ a: dy, c: savedV! }, {}) : rowOuter({ a: savedV!, c: dy }, {}),
      ],
    };
  });
  return run(v, t);
}
