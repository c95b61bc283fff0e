/** Kernels over pairs of rows: inner products and their gradient, cosines. */
import { defineLoop } from './loop';

/** `x [2, B, w]` to `[B, 3]`: inner product of the two rows, squared length of the first, of the second. */
export const pairInner = defineLoop<'x'>({
  name: 'EnginePairInner',
  plan: ({ x }) => {
    const [, rows, columns] = x.shape as [number, number, number];
    return { shape: [rows, 3], sizes: { rows, columns }, threads: rows };
  },
  host: ({ x }, out, { sizes }) => {
    const { rows, columns } = sizes as { rows: number; columns: number };
    const second = rows * columns;
    for (let b = 0; b < rows; b++) {
      let inner = 0;
      let one = 0;
      let two = 0;
      for (let c = b * columns; c < (b + 1) * columns; c++) {
        const p = x[c]!;
        const q = x[second + c]!;
        inner += p * q;
        one += p * p;
        two += q * q;
      }
      out[3 * b] = inner;
      out[3 * b + 1] = one;
      out[3 * b + 2] = two;
    }
  },
  device: () => `
    let second = uniforms.rows * uniforms.columns;
    var inner = 0.0;
    var one = 0.0;
    var two = 0.0;
    for (var c = index * uniforms.columns; c < (index + 1) * uniforms.columns; c = c + 1) {
      let p = x[c];
      let q = x[second + c];
      inner = inner + p * q;
      one = one + p * p;
      two = two + q * q;
    }
    result[3 * index] = inner;
    result[3 * index + 1] = one;
    result[3 * index + 2] = two;`,
});

/** Gradient of the above: `dy [B, 3]`, `x [2, B, w]` to `[2, B, w]`. */
export const pairInnerGradient = defineLoop<'dy' | 'x'>({
  name: 'EnginePairInnerGradient',
  plan: ({ x }) => {
    const [, rows, columns] = x.shape as [number, number, number];
    return { shape: x.shape, sizes: { rows, columns } };
  },
  host: ({ dy, x }, out, { sizes }) => {
    const { rows, columns } = sizes as { rows: number; columns: number };
    const second = rows * columns;
    for (let b = 0; b < rows; b++) {
      const inner = dy[3 * b]!;
      const one = 2 * dy[3 * b + 1]!;
      const two = 2 * dy[3 * b + 2]!;
      for (let c = b * columns; c < (b + 1) * columns; c++) {
        const p = x[c]!;
        const q = x[second + c]!;
        out[c] = inner * q + one * p;
        out[second + c] = inner * p + two * q;
      }
    }
  },
  device: () => `
    let size = uniforms.rows * uniforms.columns;
    let side = index / size;
    let place = index - side * size;
    let b = place / uniforms.columns;
    let other = x[(1 - side) * size + place];
    result[index] = dy[3 * b] * other + 2.0 * dy[3 * b + 1 + side] * x[index];`,
});

interface Floor {
  readonly floor: number;
}

/** Squared cosine `[B, 1]` from `[B, 3]`: inner² / (one · two + floor). */
export const squaredCosine = defineLoop<'inner', Floor>({
  name: 'EngineSquaredCosine',
  plan: ({ inner }, { floor }) => ({ shape: [inner.shape[0]!, 1], sizes: {}, factors: { floor } }),
  host: ({ inner }, out, { factors }) => {
    for (let b = 0; b < out.length; b++) {
      out[b] = inner[3 * b]! ** 2 / (inner[3 * b + 1]! * inner[3 * b + 2]! + factors!.floor!);
    }
  },
  device: () => `
    let d = inner[3 * index];
    result[index] = d * d / (inner[3 * index + 1] * inner[3 * index + 2] + uniforms.floor);`,
});

/** Gradient of the above, `dy [B, 1]`, to `[B, 3]`. */
export const squaredCosineGradient = defineLoop<'dy' | 'inner', Floor>({
  name: 'EngineSquaredCosineGradient',
  plan: ({ inner }, { floor }) => ({
    shape: inner.shape,
    sizes: {},
    factors: { floor },
    threads: inner.shape[0]!,
  }),
  host: ({ dy, inner }, out, { factors }) => {
    for (let b = 0; b < dy.length; b++) {
      const d = inner[3 * b]!;
      const one = inner[3 * b + 1]!;
      const two = inner[3 * b + 2]!;
      const inverse = 1 / (one * two + factors!.floor!);
      const pull = -dy[b]! * d * d * inverse * inverse;
      out[3 * b] = 2 * dy[b]! * d * inverse;
      out[3 * b + 1] = pull * two;
      out[3 * b + 2] = pull * one;
    }
  },
  device: () => `
    let d = inner[3 * index];
    let one = inner[3 * index + 1];
    let two = inner[3 * index + 2];
    let inverse = 1.0 / (one * two + uniforms.floor);
    let pull = -dy[index] * d * d * inverse * inverse;
    result[3 * index] = 2.0 * dy[index] * d * inverse;
    result[3 * index + 1] = pull * two;
    result[3 * index + 2] = pull * one;`,
});
