import * as tf from '@tensorflow/tfjs-core';
import { orthogonalise } from '../kernels/orthogonalise';

export interface OrthogonalRows {
  /** Orthogonal rows `[n, m]`, in order. */
  readonly basis: tf.Tensor2D;
  /** Lower triangular C `[n, n]` with basis = C rows. */
  readonly coefficients: tf.Tensor2D;
}

/** Gram–Schmidt in row order: `rows [n, m]`; a row of zeros stays zero and takes nothing from others. No gradient. */
export function gramSchmidt(rows: tf.Tensor2D): OrthogonalRows {
  const [n, m] = rows.shape;
  return tf.tidy(() => {
    const joined = tf.zeros([n, m + n]);
    orthogonalise({ target: joined, rows }, { rows: n, width: m });
    const basis = tf.slice2d(joined as tf.Tensor2D, [0, 0], [n, m]);
    return { basis, coefficients: tf.slice2d(joined as tf.Tensor2D, [0, m], [n, n]) };
  });
}

/**
 * ½ Σ_i ‖g_i − b_i‖² between rows `g [n, m]` and their Gram–Schmidt basis b; a scalar.
 *
 * b_i is what is left of g_i after its best approximation by the rows before it, and it is orthogonal to what was taken
 * away. So the loss is ½ Σ (‖g_i‖² − ‖b_i‖²), and, the approximation being optimal, ∂‖b_i‖²/∂g_j = 2 C_ij b_i. Hence the
 * gradient g − Cᵀ b, exact up to the 1e-12 that guards the division.
 */
export function gramSchmidtDistance(rows: tf.Tensor2D): tf.Scalar {
  const run = tf.customGrad<tf.Scalar>((...given) => {
    const [g, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
    const { basis, coefficients } = gramSchmidt(g);
    save([g, basis, coefficients]);
    const gradFunc = (dy: tf.Scalar, saved: tf.Tensor[]): tf.Tensor => {
      const [rowsBefore, orthogonal, lower] = saved as tf.Tensor2D[];
      return tf.mul(dy, tf.sub(rowsBefore!, tf.matMul(lower!, orthogonal!, true, false)));
    };
    return { value: tf.mul(0.5, tf.sum(tf.square(tf.sub(g, basis)))), gradFunc };
  });
  return run(rows);
}
