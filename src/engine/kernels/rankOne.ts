import { defineLoop } from './loop';

/** `x + factor · a w`, `x [B, M]`, `a [B, 1]`, `w [1, M]`. */
export const rankOne = defineLoop<'x' | 'a' | 'w', { readonly factor: number }>({
  name: 'EngineRankOne',
  plan: ({ x }, { factor }) => ({ shape: x.shape, sizes: { columns: x.shape[1]! }, factors: { factor } }),
  host: ({ x, a, w }, out, { sizes, factors }) => {
    const columns = sizes.columns!;
    const factor = factors!.factor!;
    let at = 0;
    for (const value of a) {
      for (let c = 0; c < columns; c++, at++) out[at] = x[at]! + factor * value * w[c]!;
    }
  },
  device: () => `
    let b = index / uniforms.columns;
    result[index] = x[index] + uniforms.factor * a[b] * w[index - b * uniforms.columns];`,
});
