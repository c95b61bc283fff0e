/** Kernels of rows that each have a square matrix of their own: `v [B, K]`, `t [B, K, K]`. */
import { defineLoop } from './loop';

/** `out[b, k] = Σ_j v[b, j] t[b, j, k]`, or with `transposed` `Σ_j v[b, j] t[b, k, j]`. */
export const rowMatrix = defineLoop<'v' | 't', { readonly transposed: boolean }>({
  name: 'EngineRowMatrix',
  plan: ({ v }, { transposed }) => {
    const side = v.shape[1]!;
    return {
      shape: v.shape,
      sizes: { side, along: transposed ? 1 : side, across: transposed ? side : 1 },
    };
  },
  host: ({ v, t }, out, { sizes }) => {
    const { side, along, across } = sizes as { side: number; along: number; across: number };
    const rows = v.length / side;
    for (let b = 0; b < rows; b++) {
      const matrix = b * side * side;
      for (let k = 0; k < side; k++) {
        let sum = 0;
        for (let j = 0; j < side; j++) sum += v[b * side + j]! * t[matrix + j * along + k * across]!;
        out[b * side + k] = sum;
      }
    }
  },
  device: () => `
    let b = index / uniforms.side;
    let k = index - b * uniforms.side;
    let matrix = b * uniforms.side * uniforms.side;
    var sum = 0.0;
    for (var j = 0; j < uniforms.side; j = j + 1) {
      sum = sum + v[b * uniforms.side + j] * t[matrix + j * uniforms.along + k * uniforms.across];
    }
    result[index] = sum;`,
});

/** `out[b, j, k] = a[b, j] c[b, k]`. */
export const rowOuter = defineLoop<'a' | 'c'>({
  name: 'EngineRowOuter',
  plan: ({ a }) => {
    const [rows, side] = a.shape as [number, number];
    return { shape: [rows, side, side], sizes: { side } };
  },
  host: ({ a, c }, out, { sizes }) => {
    const side = sizes.side!;
    let at = 0;
    for (let row = 0; row < a.length; row++) {
      const first = Math.floor(row / side) * side;
      for (let k = 0; k < side; k++) out[at++] = a[row]! * c[first + k]!;
    }
  },
  device: () => `
    let row = index / uniforms.side;
    let k = index - row * uniforms.side;
    result[index] = a[row] * c[row / uniforms.side * uniforms.side + k];`,
});
