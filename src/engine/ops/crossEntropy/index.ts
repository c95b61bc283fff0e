import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { logSoftmaxLast } from '../softmax';
import { exponentialsOf, MANY_CLASSES } from '../softmax/exponentials';
import { weightedMean } from '../weightedMean';

/** WGSL: the row's largest logit and its sum of exponentials. */
const normaliser = (row: string): string => `
  let first = ${row} * uniforms.N;
  let last = first + uniforms.N;
  var largest = logits[first];
  for (var c = first + 1; c < last; c = c + 1) { largest = max(largest, logits[c]); }
  var total = 0.0;
  for (var c = first; c < last; c = c + 1) { total = total + exp(logits[c] - largest); }`;

/** `dy (softmax(z) Σ oneHot - oneHot)`. */
const byLogits = defineOperation({
  name: 'crossEntropyGradient',
  shapes: 'dy: B,1; logits: B,N; oneHot: B,N -> B,N',
  loop: {
    reads: ({ N }) => 3 * N,
    wasmFor: ({ N }) => N >= MANY_CLASSES,
    wasm: ({ kernels, at, out, dims: { B, N } }) =>
      kernels.run.crossEntropyGradientRows(at.dy, at.logits, at.oneHot, out, B, N),
    host: ({ dy, logits, oneHot }, out, { N }) => {
      const { values, totals } = exponentialsOf(logits, N);
      for (let b = 0; b < dy.length; b++) {
        const first = b * N;
        const total = totals[b]!;
        let whole = 0;
        for (let c = first; c < first + N; c++) whole += oneHot[c]!;
        for (let c = first; c < first + N; c++) {
          out[c] = dy[b]! * ((whole * values[c]!) / total - oneHot[c]!);
        }
      }
    },
    device: () => `
      ${normaliser('index / uniforms.N')}
      var whole = 0.0;
      for (var c = first; c < last; c = c + 1) { whole = whole + f32(oneHot[c]); }
      result[index] = dy[index / uniforms.N] * (whole * exp(logits[index] - largest) / total - f32(oneHot[index]));`,
  },
});

/** `Σ oneHot (logsumexp(z) - z)`. */
const operation = defineOperation({
  name: 'crossEntropy',
  shapes: 'logits: B,N; oneHot: B,N -> B,1',
  loop: {
    wasmFor: ({ N }) => N >= MANY_CLASSES,
    wasm: ({ kernels, at, out, dims: { B, N } }) =>
      kernels.run.crossEntropyRows(at.logits, at.oneHot, out, B, N),
    host: ({ logits, oneHot }, out, { N }) => {
      const { largest, totals } = exponentialsOf(logits, N);
      for (let b = 0; b < out.length; b++) {
        const first = b * N;
        const normal = largest[b]! + Math.log(totals[b]!);
        let sum = 0;
        for (let c = first; c < first + N; c++) sum += oneHot[c]! * (normal - logits[c]!);
        out[b] = sum;
      }
    },
    reads: ({ N }) => 3 * N,
    device: () => `
      ${normaliser('index')}
      let normal = largest + log(total);
      var sum = 0.0;
      for (var c = first; c < last; c = c + 1) { sum = sum + f32(oneHot[c]) * (normal - logits[c]); }
      result[index] = sum;`,
  },
  save: ['logits', 'oneHot'],
  gradient: ({ dy, logits, oneHot }) => ({
    logits: () => byLogits({ dy, logits, oneHot }),
    oneHot: () => tf.neg(tf.mul(dy, logSoftmaxLast(logits))),
  }),
});

/**
 * Mean cross-entropy over weighted rows: `logits [B, N]`, `oneHot [B, N]`, `weight [B, 1]`; a scalar.
 * @throws RangeError naming the shapes.
 */
export function crossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return weightedMean(operation({ logits, oneHot }), weight);
}
