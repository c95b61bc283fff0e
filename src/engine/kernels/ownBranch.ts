import { defineLoop } from './loop';

/**
 * Gradient of a gated mixture by its own branch's linear part: `dy · A(h_own) · α_own`, with `dy [B, w]`, `h [B, N, w]` after
 * LeakyReLU, `alpha`, `oneHot` `[B, N]`. LeakyReLU keeps the sign, so its output tells its slope A.
 */
export const ownBranch = defineLoop<'dy' | 'h' | 'alpha' | 'oneHot', { readonly slope: number }>({
  name: 'EngineOwnBranch',
  plan: ({ h }, { slope }) => {
    const [rows, branches, columns] = h.shape as [number, number, number];
    return { shape: [rows, columns], sizes: { branches, columns }, factors: { slope } };
  },
  host: ({ dy, h, alpha, oneHot }, out, { sizes, factors }) => {
    const { branches, columns } = sizes as { branches: number; columns: number };
    const slope = factors!.slope!;
    const rows = out.length / columns;
    for (let b = 0; b < rows; b++) {
      const gates = b * branches;
      let own = 0;
      while (own < branches - 1 && oneHot[gates + own] === 0) own++;
      const factor = alpha[gates + own]! * oneHot[gates + own]!;
      const from = (gates + own) * columns;
      for (let c = 0; c < columns; c++) {
        out[b * columns + c] = dy[b * columns + c]! * factor * (h[from + c]! > 0 ? 1 : slope);
      }
    }
  },
  device: () => `
    let b = index / uniforms.columns;
    let c = index - b * uniforms.columns;
    var value = 0.0;
    for (var n = 0; n < uniforms.branches; n = n + 1) {
      let gate = b * uniforms.branches + n;
      let steep = select(uniforms.slope, 1.0, h[gate * uniforms.columns + c] > 0.0);
      value = value + f32(oneHot[gate]) * alpha[gate] * steep;
    }
    result[index] = value * dy[index];`,
});
