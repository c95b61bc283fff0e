/**
 * One-hots that say which rows go where. On WASM their numbers are made only where somebody reads them: operations that group rows by a
 * route read the indices that it is made of.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hostFloats, hostInts } from '../../backends/hostMemory';
import { defer } from '../../backends/wasm/deferredValues';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { indicesOf, noteIndices } from '../../oneHotIndices';
import { defineOperation } from '../../operation/defineOperation';
import { oneHot } from '../../ranks';

/** A one-hot `[B, depth]` of indices, which nobody changes, on the open WASM backend. */
function deferredOneHot(indices: Int32Array, depth: number): tf.TensorInfo {
  const hot = newOutput([indices.length, depth]);
  noteIndices(hot, indices);
  defer({
    outputs: [hot],
    make() {
      const kernels = wasmKernels()!;
      const at = pointer(hot);
      kernels.run.zero(at, indices.length * depth);
      const values = new Float32Array(kernels.heap().buffer, at, indices.length * depth);
      indices.forEach((index, b) => {
        if (index >= 0 && index < depth) values[b * depth + index] = 1;
      });
    },
  });
  return hot;
}

interface Depth {
  readonly depth: number;
}

const rowsOperation = defineOperation({
  name: 'oneHotRows',
  shapes: 'index: B -> B,N',
  forward: ({ index }, { depth }: Depth) => oneHot(index, depth),
  wasm: ({ index }, { depth }) =>
    wasmKernels() && index.dtype === 'int32' ? deferredOneHot(hostInts(index).slice(), depth) : null,
});

/** One-hot rows `[B, depth]` of indices `[B]` int32, as float32; all 0 for an index outside, such as -1. */
export function oneHotRows(index: tf.Tensor1D, depth: number): tf.Tensor2D {
  return rowsOperation({ index }, { depth });
}

/** Where each row has its 1 and zeros elsewhere, that index; null where some row is another. */
function indicesOfRows(hot: tf.TensorInfo): Int32Array | null {
  const known = indicesOf(hot);
  if (known) return known;
  const [rows, depth] = hot.shape as [number, number];
  const values = hostFloats(hot);
  const found = new Int32Array(rows);
  for (let b = 0; b < rows; b++) {
    const row = values.subarray(b * depth, (b + 1) * depth);
    const first = row.findIndex((value) => value !== 0);
    if (first < 0 || row[first] !== 1 || row.subarray(first + 1).some((value) => value !== 0)) return null;
    found[b] = first;
  }
  return found;
}

const viewsOperation = defineOperation({
  name: 'ownAndDrawnRows',
  shapes: 'own: B,N; drawn: K,N -> R,N',
  forward: ({ own, drawn }, _, { B, K, N }) => {
    const others = tf.reshape<tf.Rank.R2>(tf.tile(tf.expandDims(drawn, 1), [1, B, 1]), [K * B, N]);
    return tf.concat2d([own, others], 0);
  },
  wasm: ({ own, drawn }, _, { B, K, N }) => {
    const ownIndices = wasmKernels() && indicesOf(own);
    const drawnIndices = ownIndices && indicesOfRows(drawn);
    if (!drawnIndices) return null;
    const all = new Int32Array((1 + K) * B);
    all.set(ownIndices);
    drawnIndices.forEach((index, k) => all.fill(index, (1 + k) * B, (2 + k) * B));
    return deferredOneHot(all, N);
  },
});

/**
 * Routes of a batch's rows once each in their own scenario and once in every drawn one: one-hots `own [B, N]` and `drawn [K, N]` (constants: no
 * gradient reaches them), to `[(1 + K) B, N]`, all rows' own first. @throws RangeError naming the shapes.
 */
export function ownAndDrawnRows(own: tf.Tensor2D, drawn: tf.Tensor2D): tf.Tensor2D {
  return viewsOperation({ own, drawn });
}
