/** On WASM the bias is part of the product and stacks are read and written where they lie: nothing is transposed in memory. */
import * as tf from '@tensorflow/tfjs-core';
import { newOutput, pointer, pointerOrZero, wasmKernels } from '../../backends/wasm/module';
import { gemmAll, gemmChain } from '../../backends/wasm/product';
import { defineOperation } from '../../operation/defineOperation';

interface Layout {
  /** Of the N outputs: `rows` is `[B, N, out]`, `stack` is `[N, B, out]`. */
  readonly layout: 'rows' | 'stack';
}

/** Where slice n of a stack of outputs begins, and the distance of its rows, in values. */
function place(
  { layout }: Layout,
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

const byInput = defineOperation({
  name: 'multiDenseInputGradient',
  shapes: ({ layout }: Layout) =>
    layout === 'rows' ? 'dy: B,N,out; weight: N,in,out -> B,in' : 'dy: N,B,out; weight: N,in,out -> B,in',
  forward: ({ dy, weight }, { layout }, dims) => {
    if (layout === 'stack') return tf.sum(tf.matMul(dy, weight, false, true), 0);
    const flat = tf.reshape(tf.transpose(weight, [0, 2, 1]), [dims.N * dims.out, dims.in]);
    return tf.matMul(tf.reshape(dy, [dims.B, dims.N * dims.out]), flat);
  },
  wasm: ({ dy, weight }, layout, { B, N, in: input, out: output }) => {
    if (!wasmKernels()) return null;
    const out = newOutput([B, input]);
    const [pd, pw, po] = [pointer(dy), pointer(weight), pointer(out)];
    gemmChain(
      each(N, (i) => {
        const [start, lda] = place(layout, i, N, B, output);
        return {
          a: pd + 4 * start,
          b: pw + 4 * i * input * output,
          c: po,
          m: B,
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
});

const byWeight = defineOperation({
  name: 'multiDenseWeightGradient',
  shapes: ({ layout }: Layout) =>
    layout === 'rows' ? 'x: B,in; dy: B,N,out -> N,in,out' : 'x: B,in; dy: N,B,out -> N,in,out',
  forward: ({ x, dy }, { layout }, dims) => {
    if (layout === 'stack') return tf.matMul(tf.expandDims(x, 0), dy, true, false);
    const flat = tf.matMul(x, tf.reshape(dy, [dims.B, dims.N * dims.out]), true, false);
    return tf.transpose(tf.reshape(flat, [dims.in, dims.N, dims.out]), [1, 0, 2]);
  },
  wasm: ({ x, dy }, layout, { B, N, in: input, out: output }) => {
    if (!wasmKernels()) return null;
    const out = newOutput([N, input, output]);
    const [px, pd, po] = [pointer(x), pointer(dy), pointer(out)];
    gemmAll(
      each(N, (i) => {
        const [start, ldb] = place(layout, i, N, B, output);
        return {
          a: px,
          b: pd + 4 * start,
          c: po + 4 * i * input * output,
          m: input,
          n: output,
          k: B,
          lda: input,
          ldb,
          transposeA: true,
        };
      }),
    );
    return out;
  },
});

const operation = defineOperation({
  name: 'multiDense',
  shapes: ({ layout }: Layout) =>
    layout === 'rows'
      ? 'x: B,in; weight: N,in,out; bias?: N,out -> B,N,out'
      : 'x: B,in; weight: N,in,out; bias?: N,out -> N,B,out',
  forward: ({ x, weight, bias }, { layout }, dims) => {
    if (layout === 'stack') {
      const stack = tf.matMul(tf.expandDims(x, 0), weight);
      return bias ? tf.add(stack, tf.expandDims(bias, 1)) : stack;
    }
    const flat = tf.reshape(tf.transpose(weight, [1, 0, 2]), [dims.in, dims.N * dims.out]);
    const rows = tf.reshape(tf.matMul(x, flat), [dims.B, dims.N, dims.out]);
    return bias ? tf.add(rows, bias) : rows;
  },
  wasm: ({ x, weight, bias }, layout, { B, N, in: input, out: output }) => {
    if (!wasmKernels()) return null;
    const out = newOutput(layout.layout === 'rows' ? [B, N, output] : [N, B, output]);
    const [px, pw, pb, po] = [pointer(x), pointer(weight), pointerOrZero(bias), pointer(out)];
    gemmAll(
      each(N, (i) => {
        const [start, ldc] = place(layout, i, N, B, output);
        return {
          a: px,
          b: pw + 4 * i * input * output,
          c: po + 4 * start,
          bias: pb && pb + 4 * i * output,
          m: B,
          n: output,
          k: input,
          ldc,
        };
      }),
    );
    return out;
  },
  save: ['x', 'weight'],
  gradient: ({ dy, x, weight }, { layout }) => ({
    x: () => byInput({ dy, weight }, { layout }),
    weight: () => byWeight({ x, dy }, { layout }),
    bias: () => tf.sum(dy, layout === 'rows' ? 0 : 1),
  }),
});

/**
 * N linear layers over one shared input: `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[B, N, out]`.
 * @throws RangeError naming the shapes.
 */
export function multiDense(x: tf.Tensor2D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  return operation({ x, weight, bias }, { layout: 'rows' });
}

/** The same as `multiDense`, with the N outputs as a stack `[N, B, out]`, ready for `stackedDense`. */
export function multiDenseStacked(
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
): tf.Tensor3D {
  return operation({ x, weight, bias }, { layout: 'stack' });
}
