/**
 * Kernels of mixtures `sum_n weights[b, n] h[b, n, :]`. Layouts of h: `rows` is `[B, N, w]`, `stack` is `[N, B, w]`; weights are
 * `[B, N]` in both.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineOperation';
import type { Layout } from './linear';
import { newDeviceOutput, runDevice } from './device';
import { newOutput, pointer, wasmKernels } from './wasm/module';
import { int } from './webgpu';

interface LayoutAttributes {
  readonly layout: Layout;
}

/** `[B, N]` as it multiplies h. */
function spread(weights: tf.Tensor, layout: Layout): tf.Tensor {
  return layout === 'rows' ? tf.expandDims(weights, 2) : tf.expandDims(tf.transpose(weights), 2);
}

/** B, N, w and the strides of a row and of a vector in h. */
function measure(
  shape: readonly number[],
  layout: Layout,
): readonly [number, number, number, number, number] {
  const [first, second, width] = shape as [number, number, number];
  return layout === 'rows'
    ? [first, second, width, second * width, width]
    : [second, first, width, width, second * width];
}

/** Sizes and strides as uniforms. */
function measures(shape: readonly number[], layout: Layout, threads: number) {
  const [batch, n, width, strideB, strideN] = measure(shape, layout);
  return {
    rows: int(batch),
    count: int(n),
    width: int(width),
    strideB: int(strideB),
    strideN: int(strideN),
    size: int(threads),
  };
}

export const mixForward = defineKernel<'h' | 'weights', LayoutAttributes>({
  name: 'EngineMixForward',
  forward: ({ h, weights }, { layout }) =>
    tf.sum(tf.mul(h, spread(weights, layout)), layout === 'rows' ? 1 : 0),
  native: {
    wasm: ({ h, weights }, { layout }) => {
      if (!wasmKernels()) return null;
      const [batch, n, width, strideB, strideN] = measure(h.shape, layout);
      const out = newOutput([batch, width]);
      wasmKernels()!.run.mix(
        pointer(h),
        pointer(weights),
        pointer(out),
        batch,
        n,
        width,
        strideB,
        strideN,
        n,
        1,
      );
      return out;
    },
    webgpu: ({ h, weights }, { layout }) => {
      const [batch, , width] = measure(h.shape, layout);
      const out = newDeviceOutput([batch, width]);
      const threads = batch * width;
      runDevice({
        name: 'mix',
        bindings: [
          { name: 'out', tensor: out, write: true },
          { name: 'h', tensor: h },
          { name: 'weights', tensor: weights },
        ],
        uniforms: measures(h.shape, layout, threads),
        body: `
          if (index < uniforms.size) {
            let b = index / uniforms.width;
            let c = index % uniforms.width;
            var sum = 0.0;
            for (var n = 0; n < uniforms.count; n = n + 1) {
              sum = sum + weights[b * uniforms.count + n] * h[b * uniforms.strideB + n * uniforms.strideN + c];
            }
            out[index] = sum;
          }
        `,
        threads,
      });
      return out;
    },
  },
});

export const mixInputGradient = defineKernel<'dy' | 'weights', LayoutAttributes>({
  name: 'EngineMixInputGradient',
  forward: ({ dy, weights }, { layout }) =>
    tf.mul(tf.expandDims(dy, layout === 'rows' ? 1 : 0), spread(weights, layout)),
  native: {
    wasm: ({ dy, weights }, { layout }) => {
      if (!wasmKernels()) return null;
      const [batch, n] = weights.shape as [number, number];
      const width = dy.shape[1]!;
      const shape = layout === 'rows' ? [batch, n, width] : [n, batch, width];
      const [, , , strideB, strideN] = measure(shape, layout);
      const out = newOutput(shape);
      wasmKernels()!.run.mixGradient(
        pointer(dy),
        pointer(weights),
        pointer(out),
        batch,
        n,
        width,
        strideB,
        strideN,
        n,
        1,
      );
      return out;
    },
    webgpu: ({ dy, weights }, { layout }) => {
      const [batch, n] = weights.shape as [number, number];
      const width = dy.shape[1]!;
      const shape = layout === 'rows' ? [batch, n, width] : [n, batch, width];
      const out = newDeviceOutput(shape);
      const threads = batch * n * width;
      runDevice({
        name: 'mixInput',
        bindings: [
          { name: 'out', tensor: out, write: true },
          { name: 'dy', tensor: dy },
          { name: 'weights', tensor: weights },
        ],
        uniforms: measures(shape, layout, threads),
        body: `
          if (index < uniforms.size) {
            let b = (index / uniforms.strideB) % uniforms.rows;
            let n = (index / uniforms.strideN) % uniforms.count;
            out[index] = weights[b * uniforms.count + n] * dy[b * uniforms.width + index % uniforms.width];
          }
        `,
        threads,
      });
      return out;
    },
  },
});

export const mixWeightGradient = defineKernel<'dy' | 'h', LayoutAttributes>({
  name: 'EngineMixWeightGradient',
  forward: ({ dy, h }, { layout }) => {
    const product = tf.sum(tf.mul(h, tf.expandDims(dy, layout === 'rows' ? 1 : 0)), 2);
    return layout === 'rows' ? product : tf.transpose(product);
  },
  native: {
    wasm: ({ dy, h }, { layout }) => {
      if (!wasmKernels()) return null;
      const [batch, n, width, strideB, strideN] = measure(h.shape, layout);
      const out = newOutput([batch, n]);
      wasmKernels()!.run.mixWeightGradient(
        pointer(dy),
        pointer(h),
        pointer(out),
        batch,
        n,
        width,
        strideB,
        strideN,
        n,
        1,
      );
      return out;
    },
    webgpu: ({ dy, h }, { layout }) => {
      const [batch, n] = measure(h.shape, layout);
      const out = newDeviceOutput([batch, n]);
      const threads = batch * n;
      runDevice({
        name: 'mixWeight',
        bindings: [
          { name: 'out', tensor: out, write: true },
          { name: 'dy', tensor: dy },
          { name: 'h', tensor: h },
        ],
        uniforms: measures(h.shape, layout, threads),
        body: `
          if (index < uniforms.size) {
            let b = index / uniforms.count;
            let n = index % uniforms.count;
            var sum = 0.0;
            for (var c = 0; c < uniforms.width; c = c + 1) {
              sum = sum + dy[b * uniforms.width + c] * h[b * uniforms.strideB + n * uniforms.strideN + c];
            }
            out[index] = sum;
          }
        `,
        threads,
      });
      return out;
    },
  },
});
