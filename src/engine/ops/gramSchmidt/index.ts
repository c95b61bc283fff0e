import * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../../backends/hostMemory';
import { elementProgram, int, runInPlace } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

/** Added to squared lengths that are divided by, so that a row of zeros projects to nothing. */
const FLOOR = 1e-12;

/**
 * target `[n, m + n]` from `rows [n, m]`: the orthogonal rows R in the first m columns, and in the last n the lower
 * triangular C with R = C rows.
 */
const orthogonalise = defineOperation({
  name: 'gramSchmidt',
  shapes: 'target: n,s; rows: n,m',
  inPlace: {
    host: ({ target, rows: given }, _, { n: rows, m: width }) => {
      const out = hostFloats(target);
      const g = hostFloats(given);
      const stride = width + rows;
      for (let i = 0; i < rows; i++) {
        const at = i * stride;
        for (let d = 0; d < width; d++) out[at + d] = g[i * width + d]!;
        for (let d = 0; d < rows; d++) out[at + width + d] = d === i ? 1 : 0;
        for (let j = 0; j < i; j++) {
          const base = j * stride;
          let inner = 0;
          let length = FLOOR;
          for (let d = 0; d < width; d++) {
            inner += out[at + d]! * out[base + d]!;
            length += out[base + d]! * out[base + d]!;
          }
          const share = inner / length;
          for (let d = 0; d < stride; d++) out[at + d] = out[at + d]! - share * out[base + d]!;
        }
      }
    },
    device: ({ target, rows: given }, _, { n: rows, m: width }) => {
      runInPlace(
        elementProgram(
          'engineOrthogonalise',
          ['given'],
          [...target.shape],
          'rows : i32, width : i32,',
          `let stride = uniforms.width + uniforms.rows;
         for (var i = 0; i < uniforms.rows; i = i + 1) {
           let at = i * stride;
           for (var d = 0; d < uniforms.width; d = d + 1) {
             result[at + d] = given[i * uniforms.width + d];
           }
           for (var d = 0; d < uniforms.rows; d = d + 1) {
             result[at + uniforms.width + d] = select(0.0, 1.0, d == i);
           }
           for (var j = 0; j < i; j = j + 1) {
             let base = j * stride;
             var inner = 0.0;
             var squared = ${FLOOR};
             for (var d = 0; d < uniforms.width; d = d + 1) {
               inner = inner + result[at + d] * result[base + d];
               squared = squared + result[base + d] * result[base + d];
             }
             let share = inner / squared;
             for (var d = 0; d < stride; d = d + 1) {
               result[at + d] = result[at + d] - share * result[base + d];
             }
           }
         }`,
          1,
        ),
        [given],
        [int(rows), int(width), int(1)],
        target,
      );
    },
  },
});

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
    const joined = tf.zeros<tf.Rank.R2>([n, m + n]);
    orthogonalise({ target: joined, rows });
    const basis = tf.slice2d(joined, [0, 0], [n, m]);
    return { basis, coefficients: tf.slice2d(joined, [0, m], [n, n]) };
  });
}

const distance = defineOperation({
  name: 'gramSchmidtDistance',
  shapes: 'rows: n,m -> | basis: n,m; coefficients: n,n',
  forward: ({ rows }) => {
    const { basis, coefficients } = gramSchmidt(rows);
    return { y: tf.mul(0.5, tf.sum(tf.square(tf.sub(rows, basis)))), basis, coefficients };
  },
  save: ['rows', 'basis', 'coefficients'],
  gradient: ({ dy, rows, basis, coefficients }) => ({
    rows: () => tf.mul(dy, tf.sub(rows, tf.matMul(coefficients, basis, true, false))),
  }),
});

/** Length of each row `[n, 1]`, kept above 0. */
function lengths(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), FLOOR));
}

const length = defineOperation({
  name: 'gramSchmidtLength',
  shapes: 'rows: n,m -> | basis: n,m; coefficients: n,n',
  forward: ({ rows }) => {
    const { basis, coefficients } = gramSchmidt(rows);
    const taken = tf.sub(lengths(tf.sub(rows, basis)), Math.sqrt(FLOOR));
    return { y: tf.sum(taken), basis, coefficients };
  },
  save: ['rows', 'basis', 'coefficients'],
  gradient: ({ dy, rows, basis, coefficients }) => ({
    rows: () => {
      const taken = tf.sub<tf.Tensor2D>(rows, basis);
      const length = lengths(taken);
      // Without the diagonal of C: a row that loses nothing is divided by next to nothing, which must meet only zeros.
      const below = tf.sub<tf.Tensor2D>(coefficients, tf.eye(rows.shape[0]));
      const others = tf.matMul(below, tf.div<tf.Tensor2D>(basis, length), true, false);
      return tf.mul(dy, tf.sub(tf.div(taken, length), others));
    },
  }),
});

/**
 * Distance between rows `g [n, m]` and their Gram–Schmidt basis b, a scalar: ½ Σ_i ‖g_i − b_i‖² (`squared`), or Σ_i ‖g_i − b_i‖ (`l2`).
 *
 * b_i is what is left of g_i after its best approximation by the rows before it, and it is orthogonal to what was taken
 * away. So ½ ‖g_i − b_i‖² is ½ (‖g_i‖² − ‖b_i‖²), and, the approximation being optimal, ∂‖b_i‖²/∂g_j = 2 C_ij b_i. Hence the
 * gradient g − Cᵀ b of the squares, and W (g − b) − (C − 1)ᵀ W b of the lengths, W the diagonal of 1/‖g_i − b_i‖; exact up to
 * the 1e-12 that guards divisions. A row that loses nothing has length 0 and no gradient of its own.
 */
export function gramSchmidtDistance(rows: tf.Tensor2D, norm: 'squared' | 'l2' = 'squared'): tf.Scalar {
  return norm === 'squared' ? distance({ rows }) : length({ rows });
}
