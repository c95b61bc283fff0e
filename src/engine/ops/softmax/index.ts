import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

/** Softmax over the last axis. */
export function softmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.softmax(x);
}

/** Logarithm of the softmax over the last axis. */
export function logSoftmaxLast<T extends tf.Tensor>(x: T): T {
  return tf.logSoftmax(x);
}

/** Gradient of a softmax by its input, of its output y: `y (dy - sum(dy y))` over the last axis. */
export const softmaxGradient = defineOperation({
  name: 'softmaxGradient',
  shapes: 'dy: ...,n; y: ...,n -> ...,n',
  loop: {
    host: ({ dy, y }, out, { n }) => {
      for (let first = 0; first < out.length; first += n) {
        let inner = 0;
        for (let c = first; c < first + n; c++) inner += dy[c]! * y[c]!;
        for (let c = first; c < first + n; c++) out[c] = y[c]! * (dy[c]! - inner);
      }
    },
    wasm: ({ kernels, at, out, size, dims: { n } }) =>
      kernels.run.softmaxGradient(at.dy, at.y, out, size / n, n),
    reads: ({ n }) => n,
    device: () => `
      let first = (index / uniforms.n) * uniforms.n;
      var inner = 0.0;
      for (var c = first; c < first + uniforms.n; c = c + 1) { inner = inner + dy[c] * y[c]; }
      result[index] = y[index] * (dy[index] - inner);`,
  },
});

const masked = defineOperation({
  name: 'maskedSoftmax',
  shapes: 'x: ...,n; mask: ...,n -> ...,n',
  loop: {
    reads: ({ n }) => 2 * n,
    host: ({ x, mask }, out, { n }) => {
      for (let first = 0; first < out.length; first += n) {
        let top = -Infinity;
        for (let c = first; c < first + n; c++) if (mask[c] !== 0) top = Math.max(top, x[c]!);
        let sum = 0;
        for (let c = first; c < first + n; c++) {
          out[c] = mask[c] === 0 ? 0 : Math.exp(x[c]! - top);
          sum += out[c]!;
        }
        if (sum > 0) for (let c = first; c < first + n; c++) out[c]! /= sum;
      }
    },
    device: () => `
      let first = index / uniforms.n * uniforms.n;
      let last = first + uniforms.n;
      var top = -3.0e38;
      for (var c = first; c < last; c = c + 1) { if (mask[c] != 0.0) { top = max(top, x[c]); } }
      var sum = 0.0;
      for (var c = first; c < last; c = c + 1) { if (mask[c] != 0.0) { sum = sum + exp(x[c] - top); } }
      if (mask[index] == 0.0) { return 0.0; }
      result[index] = exp(x[index] - top) / sum;`,
  },
  save: ['y'],
  constants: ['mask'],
  gradient: ({ dy, y }) => ({ x: () => softmaxGradient({ dy, y }) }),
});

/**
 * Softmax over the last axis where `mask` (same shape) is 1; zeros elsewhere, and everywhere when a row has no 1. No gradient
 * reaches the mask. @throws RangeError naming the shapes.
 */
export function maskedSoftmax<T extends tf.Tensor>(x: T, mask: tf.Tensor): T {
  return masked({ x, mask }) as T;
}
