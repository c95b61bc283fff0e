import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { exponentialsOf, MANY_CLASSES, type Exponentials } from '../softmax/exponentials';

interface Floor {
  readonly floor: number;
}

/** Writes softmax − oneHot of the row that begins at `first` into `error`; returns one over its (floored) length. */
function readError(
  { values, totals }: Exponentials,
  oneHot: Float32Array,
  first: number,
  floor: number,
  error: Float64Array,
): number {
  const total = totals[first / error.length]!;
  let squares = floor;
  for (let c = 0; c < error.length; c++) {
    error[c] = values[first + c]! / total - oneHot[first + c]!;
    squares += error[c]! ** 2;
  }
  return 1 / Math.sqrt(squares);
}

/** WGSL: one row's softmax, and one over the length of its error (`inner` with dy too). */
const row = (dy: boolean): string => `
  let first = index / uniforms.N * uniforms.N;
  let last = first + uniforms.N;
  var largest = logits[first];
  for (var c = first + 1; c < last; c = c + 1) { largest = max(largest, logits[c]); }
  var total = 0.0;
  for (var c = first; c < last; c = c + 1) { total = total + exp(logits[c] - largest); }
  var squares = uniforms.floor;
  ${dy ? 'var inner = 0.0;' : ''}
  for (var c = first; c < last; c = c + 1) {
    let error = exp(logits[c] - largest) / total - f32(oneHot[c]);
    squares = squares + error * error;
    ${dy ? 'inner = inner + error * dy[c];' : ''}
  }
  let inverse = inverseSqrt(squares);
  ${dy ? 'inner = inner * inverse * inverse * inverse;' : ''}`;

const byLogits = defineOperation({
  name: 'normalizedSoftmaxErrorGradient',
  shapes: 'dy: B,N; logits: B,N; oneHot: B,N -> B,N',
  loop: {
    reads: ({ N }) => 4 * N,
    host: ({ dy, logits, oneHot }, out, { N }, { floor }: Floor) => {
      const error = new Float64Array(N);
      const byError = new Float64Array(N);
      const exponentials = exponentialsOf(logits, N);
      for (let first = 0; first < out.length; first += N) {
        const inverse = readError(exponentials, oneHot, first, floor, error);
        let inner = 0;
        for (let c = 0; c < N; c++) inner += error[c]! * dy[first + c]!;
        inner *= inverse ** 3;
        let mean = 0;
        for (let c = 0; c < N; c++) {
          byError[c] = dy[first + c]! * inverse - error[c]! * inner;
          mean += (error[c]! + oneHot[first + c]!) * byError[c]!;
        }
        for (let c = 0; c < N; c++) {
          out[first + c] = (error[c]! + oneHot[first + c]!) * (byError[c]! - mean);
        }
      }
    },
    wasmFor: ({ N }) => N >= MANY_CLASSES,
    wasm: ({ kernels, at, out, dims: { B, N }, attributes: { floor } }) =>
      kernels.run.softmaxErrorGradientRows(at.dy, at.logits, at.oneHot, out, B, N, floor),
    device: () => `
      ${row(true)}
      var mean = 0.0;
      for (var c = first; c < last; c = c + 1) {
        let p = exp(logits[c] - largest) / total;
        mean = mean + p * (dy[c] * inverse - (p - f32(oneHot[c])) * inner);
      }
      let own = exp(logits[index] - largest) / total;
      result[index] = own * (dy[index] * inverse - (own - f32(oneHot[index])) * inner - mean);`,
  },
});

const operation = defineOperation({
  name: 'normalizedSoftmaxError',
  shapes: 'logits: B,N; oneHot: B,N -> B,N',
  loop: {
    reads: ({ N }) => 4 * N,
    host: ({ logits, oneHot }, out, { N }, { floor }: Floor) => {
      const error = new Float64Array(N);
      const exponentials = exponentialsOf(logits, N);
      for (let first = 0; first < out.length; first += N) {
        const inverse = readError(exponentials, oneHot, first, floor, error);
        for (let c = 0; c < N; c++) out[first + c] = error[c]! * inverse;
      }
    },
    wasmFor: ({ N }) => N >= MANY_CLASSES,
    wasm: ({ kernels, at, out, dims: { B, N }, attributes: { floor } }) =>
      kernels.run.softmaxErrorRows(at.logits, at.oneHot, out, B, N, floor),
    device: () => `
      ${row(false)}
      result[index] = (exp(logits[index] - largest) / total - f32(oneHot[index])) * inverse;`,
  },
  save: ['logits', 'oneHot'],
  constants: ['oneHot'],
  gradient: ({ dy, logits, oneHot }, { floor }) => ({
    logits: () => byLogits({ dy, logits, oneHot }, { floor }),
  }),
});

/**
 * Direction of the cross-entropy's gradient by its logits, row by row: `softmax(z) - oneHot`, divided by its length,
 * `[B, N]`. Differentiable by the logits. @throws RangeError naming the shapes.
 *
 * @param floor joins the squared length, so that a row without any error gives zeros.
 */
export function normalizedSoftmaxError(logits: tf.Tensor2D, oneHot: tf.Tensor2D, floor: number): tf.Tensor2D {
  return operation({ logits, oneHot }, { floor });
}
