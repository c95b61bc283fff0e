/**
 * Kernels of many mixtures of one stack: `out[m, b, :] = sum_i weights[b, m, i] h[i, b, :]`, with h `[I, B, w]`, weights
 * `[B, M, I]`, out `[M, B, w]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineOperation';
import { newOutput, pointer, wasmKernels } from './wasm/module';
import { elementProgram, int, webgpu } from './webgpu';

type Shape = readonly [number, number, number];

const BYTES = 4;

/** `[B, M, I]` as `[M, I, B, 1]`, to multiply `[1, I, B, w]`. */
function spread(weights: tf.Tensor): tf.Tensor {
  return tf.expandDims(tf.transpose(weights, [1, 2, 0]), 3);
}

const sizes = 'rows : i32, lower : i32, upper : i32, columns : i32,';

/** One thread an element; `rows`, `lower`, `upper`, `columns` are B, I, M, w. */
function runElements(
  name: string,
  [first, second]: readonly [{ name: string; info: tf.TensorInfo }, { name: string; info: tf.TensorInfo }],
  shape: Shape,
  [rows, lower, upper, columns]: readonly [number, number, number, number],
  body: string,
): tf.TensorInfo {
  const count = shape[0] * shape[1] * shape[2];
  return webgpu().runWebGPUProgram(
    elementProgram(name, [first.name, second.name], [...shape], sizes, body, count),
    [first.info, second.info],
    'float32',
    [int(rows), int(lower), int(upper), int(columns), int(count)],
  );
}

export const mixEachForward = defineKernel<'h' | 'weights'>({
  name: 'EngineMixEachForward',
  forward: ({ h, weights }) => tf.sum(tf.mul(spread(weights), tf.expandDims(h, 0)), 1),
  native: {
    wasm: ({ h, weights }) => {
      const kernels = wasmKernels();
      if (!kernels) return null;
      const [lower, rows, columns] = h.shape as unknown as Shape;
      const upper = weights.shape[1]!;
      const out = newOutput([upper, rows, columns]);
      const size = rows * columns;
      for (let m = 0; m < upper; m++) {
        kernels.run.mix(
          pointer(h),
          pointer(weights) + BYTES * m * lower,
          pointer(out) + BYTES * m * size,
          ...([rows, lower, columns, columns, size, upper * lower, 1] as const),
        );
      }
      return out;
    },
    webgpu: ({ h, weights }) => {
      const [lower, rows, columns] = h.shape as unknown as Shape;
      const upper = weights.shape[1]!;
      return runElements(
        'engineMixEach',
        [
          { name: 'h', info: h },
          { name: 'weights', info: weights },
        ],
        [upper, rows, columns],
        [rows, lower, upper, columns],
        `let size = uniforms.rows * uniforms.columns;
         let m = index / size;
         let place = index - m * size;
         let b = place / uniforms.columns;
         var sum = 0.0;
         for (var i = 0; i < uniforms.lower; i = i + 1) {
           sum = sum + weights[(b * uniforms.upper + m) * uniforms.lower + i] * h[i * size + place];
         }
         result[index] = sum;`,
      );
    },
  },
});

/** `dh[i, b, :] = sum_m weights[b, m, i] dy[m, b, :]`. */
export const mixEachInputGradient = defineKernel<'dy' | 'weights'>({
  name: 'EngineMixEachInputGradient',
  forward: ({ dy, weights }) => tf.sum(tf.mul(spread(weights), tf.expandDims(dy, 1)), 0),
  native: {
    wasm: ({ dy, weights }) => {
      const kernels = wasmKernels();
      if (!kernels) return null;
      const [upper, rows, columns] = dy.shape as unknown as Shape;
      const lower = weights.shape[2]!;
      const out = newOutput([lower, rows, columns]);
      const size = rows * columns;
      for (let i = 0; i < lower; i++) {
        kernels.run.mix(
          pointer(dy),
          pointer(weights) + BYTES * i,
          pointer(out) + BYTES * i * size,
          ...([rows, upper, columns, columns, size, upper * lower, lower] as const),
        );
      }
      return out;
    },
    webgpu: ({ dy, weights }) => {
      const [upper, rows, columns] = dy.shape as unknown as Shape;
      const lower = weights.shape[2]!;
      return runElements(
        'engineMixEachInputGradient',
        [
          { name: 'dy', info: dy },
          { name: 'weights', info: weights },
        ],
        [lower, rows, columns],
        [rows, lower, upper, columns],
        `let size = uniforms.rows * uniforms.columns;
         let i = index / size;
         let place = index - i * size;
         let b = place / uniforms.columns;
         var sum = 0.0;
         for (var m = 0; m < uniforms.upper; m = m + 1) {
           sum = sum + weights[(b * uniforms.upper + m) * uniforms.lower + i] * dy[m * size + place];
         }
         result[index] = sum;`,
      );
    },
  },
});

/** `dWeights[b, m, i] = sum of dy[m, b, :] h[i, b, :]`. */
export const mixEachWeightGradient = defineKernel<'dy' | 'h'>({
  name: 'EngineMixEachWeightGradient',
  forward: ({ dy, h }) =>
    tf.transpose(tf.sum(tf.mul(tf.expandDims(dy, 1), tf.expandDims(h, 0)), 3), [2, 0, 1]),
  native: {
    wasm: ({ dy, h }) => {
      const kernels = wasmKernels();
      if (!kernels) return null;
      const [lower, rows, columns] = h.shape as unknown as Shape;
      const upper = dy.shape[0]!;
      const out = newOutput([rows, upper, lower]);
      const size = rows * columns;
      for (let m = 0; m < upper; m++) {
        kernels.run.mixWeightGradient(
          pointer(dy) + BYTES * m * size,
          pointer(h),
          pointer(out) + BYTES * m * lower,
          ...([rows, lower, columns, columns, size, upper * lower, 1] as const),
        );
      }
      return out;
    },
    webgpu: ({ dy, h }) => {
      const [lower, rows, columns] = h.shape as unknown as Shape;
      const upper = dy.shape[0]!;
      return runElements(
        'engineMixEachWeightGradient',
        [
          { name: 'dy', info: dy },
          { name: 'h', info: h },
        ],
        [rows, upper, lower],
        [rows, lower, upper, columns],
        `let pair = uniforms.upper * uniforms.lower;
         let b = index / pair;
         let rest = index - b * pair;
         let m = rest / uniforms.lower;
         let i = rest - m * uniforms.lower;
         let a = (m * uniforms.rows + b) * uniforms.columns;
         let c = (i * uniforms.rows + b) * uniforms.columns;
         var sum = 0.0;
         for (var k = 0; k < uniforms.columns; k = k + 1) {
           sum = sum + dy[a + k] * h[c + k];
         }
         result[index] = sum;`,
      );
    },
  },
});
