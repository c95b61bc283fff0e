import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

interface Pairs {
  /** F (F - 1) / 2 */
  readonly pairs: number;
}

/** `dx[b, i] = Σ_{j ≠ i} dy[b, {i, j}] x[b, j]`. */
const gradient = defineOperation({
  name: 'fieldPairProductsGradient',
  shapes: ({ pairs }: Pairs) => `dy: B,${pairs}; x: B,F,d -> B,F,d`,
  loop: {
    host: ({ dy, x }, out, { B, F, d }) => {
      let pair = 0;
      out.fill(0);
      for (let b = 0; b < B; b++) {
        const row = b * F * d;
        for (let i = 0; i < F; i++) {
          for (let j = i + 1; j < F; j++) {
            const by = dy[pair++]!;
            for (let c = 0; c < d; c++) {
              out[row + i * d + c]! += by * x[row + j * d + c]!;
              out[row + j * d + c]! += by * x[row + i * d + c]!;
            }
          }
        }
      }
    },
    wasm: ({ kernels, at, out, dims: { B, F, d } }) =>
      kernels.run.fieldPairProductsGradient(at.dy, at.x, out, B, F, d),
    reads: ({ F }) => 2 * F,
    device: () => `
      let F = uniforms.F;
      let d = uniforms.d;
      let c = index % d;
      let i = index / d % F;
      let b = index / (F * d);
      let first = b * F * (F - 1) / 2;
      var sum = 0.0;
      for (var j = 0; j < F; j = j + 1) {
        if (j != i) {
          let low = min(i, j);
          let pair = low * F - low * (low + 1) / 2 + max(i, j) - low - 1;
          sum = sum + dy[first + pair] * x[(b * F + j) * d + c];
        }
      }
      result[index] = sum;`,
  },
});

const operation = defineOperation({
  name: 'fieldPairProducts',
  shapes: ({ pairs }: Pairs) => `x: B,F,d -> B,${pairs}`,
  loop: {
    host: ({ x }, out, { B, F, d }) => {
      let pair = 0;
      for (let b = 0; b < B; b++) {
        for (let i = 0; i < F; i++) {
          const one = (b * F + i) * d;
          for (let j = i + 1; j < F; j++) {
            const other = (b * F + j) * d;
            let inner = 0;
            for (let c = 0; c < d; c++) inner += x[one + c]! * x[other + c]!;
            out[pair++] = inner;
          }
        }
      }
    },
    wasm: ({ kernels, at, out, dims: { B, F, d } }) => kernels.run.fieldPairProducts(at.x, out, B, F, d),
    reads: ({ d }) => 2 * d,
    device: () => `
      let F = uniforms.F;
      let d = uniforms.d;
      let pairs = F * (F - 1) / 2;
      let b = index / pairs;
      var i = 0;
      var j = index % pairs + 1;
      while (j >= F) {
        i = i + 1;
        j = j - F + i + 1;
      }
      var sum = 0.0;
      for (var c = 0; c < d; c = c + 1) { sum = sum + x[(b * F + i) * d + c] * x[(b * F + j) * d + c]; }
      result[index] = sum;`,
  },
  save: ['x'],
  gradient: ({ dy, x }, attributes) => ({ x: () => gradient({ dy, x }, attributes) }),
});

/**
 * Inner products of all pairs of fields, i < j, row by row of the pairs' matrix: `x [B, F, d]` to `[B, F (F - 1) / 2]`.
 * @throws RangeError naming the shape.
 */
export function fieldPairProducts(x: tf.Tensor3D): tf.Tensor2D {
  const fields = x.shape[1];
  return operation({ x }, { pairs: (fields * (fields - 1)) / 2 });
}
