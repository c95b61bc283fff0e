/**
 * Kernels of linear layers. On WASM the bias is part of the product and stacks are read and written where they lie, so
 * nothing is transposed in memory.
 *
 * Layouts of N outputs: `rows` is `[B, N, out]`, `stack` is `[N, B, out]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type NativeKernel } from './defineOperation';
import { newOutput, pointer, wasmKernels } from '../backends/wasm/module';
import { gemmAll, gemmAt, gemmChain } from '../backends/wasm/product';

export type Layout = 'rows' | 'stack';

interface LayoutAttributes {
  readonly layout: Layout;
}

/** Address of an input that may be absent; 0 then. */
function address(x: tf.TensorInfo | undefined): number {
  return x ? pointer(x) : 0;
}

/** Transposed matrix of each slice of a stack. */
function swapLast(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 2, 1]);
}

/** Where slice n of a stack of outputs begins, and the distance of its rows, in values. */
function place(
  layout: Layout,
  n: number,
  stack: number,
  batch: number,
  width: number,
): readonly [number, number] {
  return layout === 'rows' ? [n * width, stack * width] : [n * batch * width, width];
}

/** One product for each slice of a stack. */
function each<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` to N outputs. */
export const wideForward = defineKernel<'x' | 'weight', LayoutAttributes, 'bias'>({
  name: 'EngineWide',
  forward: ({ x, weight, bias }, { layout }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    if (layout === 'stack') {
      const product = tf.matMul(tf.expandDims(x, 0), weight);
      return bias ? tf.add(product, tf.expandDims(bias, 1)) : product;
    }
    const flat = tf.reshape(tf.transpose(weight, [1, 0, 2]), [input, n * output]);
    const product = tf.reshape(tf.matMul(x, flat), [x.shape[0], n, output]);
    return bias ? tf.add(product, bias) : product;
  },
  native: {
    wasm: ({ x, weight, bias }, { layout }) => {
      if (!wasmKernels()) return null;
      const [n, input, output] = weight.shape as [number, number, number];
      const batch = x.shape[0]!;
      const out = newOutput(layout === 'rows' ? [batch, n, output] : [n, batch, output]);
      const [px, pw, pb, po] = [pointer(x), pointer(weight), address(bias), pointer(out)];
      gemmAll(
        each(n, (i) => {
          const [start, ldc] = place(layout, i, n, batch, output);
          return {
            a: px,
            b: pw + 4 * i * input * output,
            c: po + 4 * start,
            bias: pb && pb + 4 * i * output,
            m: batch,
            n: output,
            k: input,
            ldc,
          };
        }),
      );
      return out;
    },
  },
});

/** Gradient of `x [B, in]` from `dy` and `weight [N, in, out]`. */
export const wideInputGradient = defineKernel<'dy' | 'weight', LayoutAttributes>({
  name: 'EngineWideInputGradient',
  forward: ({ dy, weight }, { layout }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    if (layout === 'stack') return tf.sum(tf.matMul(dy, weight, false, true), 0);
    const flat = tf.reshape(swapLast(weight), [n * output, input]);
    return tf.matMul(tf.reshape(dy, [dy.shape[0], n * output]), flat);
  },
  native: {
    wasm: ({ dy, weight }, { layout }) => {
      if (!wasmKernels()) return null;
      const [n, input, output] = weight.shape as [number, number, number];
      const batch = layout === 'rows' ? dy.shape[0]! : dy.shape[1]!;
      const out = newOutput([batch, input]);
      const [pd, pw, po] = [pointer(dy), pointer(weight), pointer(out)];
      gemmChain(
        each(n, (i) => {
          const [start, lda] = place(layout, i, n, batch, output);
          return {
            a: pd + 4 * start,
            b: pw + 4 * i * input * output,
            c: po,
            m: batch,
            n: input,
            k: output,
            lda,
            transposeB: true,
            accumulate: i > 0,
          };
        }),
      );
      return out;
    },
  },
});

/** Gradient of `weight [N, in, out]` from `x [B, in]` and `dy`. */
export const wideWeightGradient = defineKernel<'x' | 'dy', LayoutAttributes>({
  name: 'EngineWideWeightGradient',
  forward: ({ x, dy }, { layout }) => {
    if (layout === 'stack') return tf.matMul(tf.expandDims(x, 0), dy, true, false);
    const [batch, n, output] = dy.shape as [number, number, number];
    const flat = tf.matMul(x, tf.reshape(dy, [batch, n * output]), true, false);
    return tf.transpose(tf.reshape(flat, [x.shape[1]!, n, output]), [1, 0, 2]);
  },
  native: {
    wasm: ({ x, dy }, { layout }) => {
      if (!wasmKernels()) return null;
      const [batch, input] = x.shape as [number, number];
      const n = layout === 'rows' ? dy.shape[1]! : dy.shape[0]!;
      const output = dy.shape[2]!;
      const out = newOutput([n, input, output]);
      const [px, pd, po] = [pointer(x), pointer(dy), pointer(out)];
      gemmAll(
        each(n, (i) => {
          const [start, ldb] = place(layout, i, n, batch, output);
          return {
            a: px,
            b: pd + 4 * start,
            c: po + 4 * i * input * output,
            m: input,
            n: output,
            k: batch,
            lda: input,
            ldb,
            transposeA: true,
          };
        }),
      );
      return out;
    },
  },
});

const stackedNative: NativeKernel<'x' | 'weight', object, 'bias'> = ({ x, weight, bias }) => {
  if (!wasmKernels()) return null;
  const [n, batch, input] = x.shape as [number, number, number];
  const output = weight.shape[2]!;
  const out = newOutput([n, batch, output]);
  const [px, pw, pb, po] = [pointer(x), pointer(weight), address(bias), pointer(out)];
  gemmAll(
    each(n, (i) => ({
      a: px + 4 * i * batch * input,
      b: pw + 4 * i * input * output,
      c: po + 4 * i * batch * output,
      bias: pb && pb + 4 * i * output,
      m: batch,
      n: output,
      k: input,
    })),
  );
  return out;
};

/** `x [N, B, in]`, `weight [N, in, out]`, `bias [N, out]` to `[N, B, out]`. */
export const stackedForward = defineKernel<'x' | 'weight', object, 'bias'>({
  name: 'EngineStackedDense',
  forward: ({ x, weight, bias }) => {
    const product = tf.matMul(x, weight);
    return bias ? tf.add(product, tf.expandDims(bias, 1)) : product;
  },
  native: { wasm: stackedNative },
});

/** `x [B, in]`, `weight [in, out]`, `bias [out]` to `[B, out]`. */
export const denseForward = defineKernel<'x' | 'weight', object, 'bias'>({
  name: 'EngineDense',
  forward: ({ x, weight, bias }) => {
    const product = tf.matMul(x, weight);
    return bias ? tf.add(product, bias) : product;
  },
  native: {
    wasm: ({ x, weight, bias }) => {
      if (!wasmKernels()) return null;
      const [m, k] = x.shape as [number, number];
      const n = weight.shape[1]!;
      const out = newOutput([m, n]);
      gemmAt({ a: pointer(x), b: pointer(weight), c: pointer(out), bias: address(bias), m, n, k });
      return out;
    },
  },
});
