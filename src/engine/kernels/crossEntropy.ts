/** Kernels of the cross-entropy of a softmax, row by row: `logits`, `oneHot` `[B, N]`. */
import { defineLoop } from './loop';

const normaliser = `
  let first = index * uniforms.columns;
  let last = first + uniforms.columns;
  var largest = logits[first];
  for (var c = first + 1; c < last; c = c + 1) { largest = max(largest, logits[c]); }
  var total = 0.0;
  for (var c = first; c < last; c = c + 1) { total = total + exp(logits[c] - largest); }`;

function largestOf(logits: Float32Array, first: number, columns: number): number {
  let largest = logits[first]!;
  for (let c = 1; c < columns; c++) largest = Math.max(largest, logits[first + c]!);
  return largest;
}

function totalOf(logits: Float32Array, first: number, columns: number, largest: number): number {
  let total = 0;
  for (let c = 0; c < columns; c++) total += Math.exp(logits[first + c]! - largest);
  return total;
}

/** `Σ oneHot (logsumexp(z) - z)`, `[B, 1]`. */
export const crossEntropyRows = defineLoop<'logits' | 'oneHot'>({
  name: 'EngineCrossEntropyRows',
  plan: ({ logits }) => ({ shape: [logits.shape[0]!, 1], sizes: { columns: logits.shape[1]! } }),
  host: ({ logits, oneHot }, out, { sizes }) => {
    const columns = sizes.columns!;
    for (let b = 0; b < out.length; b++) {
      const first = b * columns;
      const largest = largestOf(logits, first, columns);
      const normal = largest + Math.log(totalOf(logits, first, columns, largest));
      let sum = 0;
      for (let c = first; c < first + columns; c++) sum += oneHot[c]! * (normal - logits[c]!);
      out[b] = sum;
    }
  },
  device: () => `
    ${normaliser}
    let normal = largest + log(total);
    var sum = 0.0;
    for (var c = first; c < last; c = c + 1) { sum = sum + f32(oneHot[c]) * (normal - logits[c]); }
    result[index] = sum;`,
});

/** `dy (softmax(z) Σ oneHot - oneHot)`, `[B, N]`. */
export const crossEntropyRowsGradient = defineLoop<'dy' | 'logits' | 'oneHot'>({
  name: 'EngineCrossEntropyRowsGradient',
  plan: ({ logits }) => ({
    shape: logits.shape,
    sizes: { columns: logits.shape[1]! },
    threads: logits.shape[0]!,
  }),
  host: ({ dy, logits, oneHot }, out, { sizes }) => {
    const columns = sizes.columns!;
    for (let b = 0; b < dy.length; b++) {
      const first = b * columns;
      const largest = largestOf(logits, first, columns);
      const total = totalOf(logits, first, columns, largest);
      let whole = 0;
      for (let c = first; c < first + columns; c++) whole += oneHot[c]!;
      for (let c = first; c < first + columns; c++) {
        out[c] = dy[b]! * ((whole * Math.exp(logits[c]! - largest)) / total - oneHot[c]!);
      }
    }
  },
  device: () => `
    ${normaliser}
    var whole = 0.0;
    for (var c = first; c < last; c = c + 1) { whole = whole + f32(oneHot[c]); }
    for (var c = first; c < last; c = c + 1) {
      result[c] = dy[index] * (whole * exp(logits[c] - largest) / total - f32(oneHot[c]));
    }`,
});
