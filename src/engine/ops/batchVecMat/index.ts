import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

/** `out[b, j, k] = v[b, j] u[b, k]`. */
const outer = defineOperation({
  name: 'batchOuterProduct',
  shapes: 'v: B,K; u: B,K -> B,K,K',
  loop: {
    host: ({ v, u }, out, { K }) => {
      let at = 0;
      for (let row = 0; row < v.length; row++) {
        const first = Math.floor(row / K) * K;
        for (let k = 0; k < K; k++) out[at++] = v[row]! * u[first + k]!;
      }
    },
    wasm: ({ kernels, at, out, dims: { B, K } }) => kernels.run.batchOuterProduct(at.v, at.u, out, B, K),
    device: () => `
      let row = index / uniforms.K;
      let k = index - row * uniforms.K;
      result[index] = v[row] * u[row / uniforms.K * uniforms.K + k];`,
  },
});

/** Sums over j of `v[b, j] t[matrix + j along + k across]`. */
function onHost(v: Float32Array, t: Float32Array, out: Float32Array, K: number, along: number): void {
  const across = along === 1 ? K : 1;
  const rows = v.length / K;
  for (let b = 0; b < rows; b++) {
    const matrix = b * K * K;
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let j = 0; j < K; j++) sum += v[b * K + j]! * t[matrix + j * along + k * across]!;
      out[b * K + k] = sum;
    }
  }
}

const onDevice = (along: string, across: string): string => `
  let b = index / uniforms.K;
  let k = index - b * uniforms.K;
  let matrix = b * uniforms.K * uniforms.K;
  var sum = 0.0;
  for (var j = 0; j < uniforms.K; j = j + 1) {
    sum = sum + v[b * uniforms.K + j] * t[matrix + j * ${along} + k * ${across}];
  }
  result[index] = sum;`;

const vecMat = defineOperation({
  name: 'batchVecMat',
  shapes: 'v: B,K; t: B,K,K -> B,K',
  loop: {
    host: ({ v, t }, out, { K }) => onHost(v, t, out, K, K),
    wasm: ({ kernels, at, out, dims: { B, K } }) => kernels.run.batchVecMat(at.v, at.t, out, B, K),
    reads: ({ K }) => K,
    device: () => onDevice('uniforms.K', '1'),
  },
  save: ['v', 't'],
  gradient: ({ dy, v, t }) => ({ v: (): tf.Tensor => matVec({ v: dy, t }), t: () => outer({ v, u: dy }) }),
});

const matVec = defineOperation({
  name: 'batchMatVec',
  shapes: 'v: B,K; t: B,K,K -> B,K',
  loop: {
    host: ({ v, t }, out, { K }) => onHost(v, t, out, K, 1),
    wasm: ({ kernels, at, out, dims: { B, K } }) => kernels.run.batchMatVec(at.v, at.t, out, B, K),
    reads: ({ K }) => K,
    device: () => onDevice('1', 'uniforms.K'),
  },
  save: ['v', 't'],
  gradient: ({ dy, v, t }) => ({ v: (): tf.Tensor => vecMat({ v: dy, t }), t: () => outer({ v: dy, u: v }) }),
});

/**
 * Each row's vector times its own matrix: `v [B, K]`, `t [B, K, K]`, to `[B, K]`; with `transposed`, times the matrix'
 * transpose. @throws RangeError naming the shapes.
 */
export function batchVecMat(v: tf.Tensor2D, t: tf.Tensor3D, transposed = false): tf.Tensor2D {
  return transposed ? matVec({ v, t }) : vecMat({ v, t });
}
