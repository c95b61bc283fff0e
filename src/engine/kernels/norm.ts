/** Kernels of batch normalisation over x seen as `[outer, rows, columns]`; `rowAxis` 0 has no outer part, 1 has one. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineOperation';
import { newOutput, pointer, wasmKernels } from './wasm/module';

interface RowAxis {
  readonly rowAxis: 0 | 1;
}

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

/** Outer, rows, columns. */
export function rowLayout(shape: readonly number[], rowAxis: 0 | 1): readonly [number, number, number] {
  return [size(shape.slice(0, rowAxis)), shape[rowAxis]!, size(shape.slice(rowAxis + 1))];
}

/** Shape of statistics: the row axis kept at length 1. */
function statisticsShape(shape: readonly number[], rowAxis: 0 | 1): number[] {
  return shape.map((length, axis) => (axis === rowAxis ? 1 : length));
}

function share(weight: tf.Tensor, rank: number, rowAxis: 0 | 1): tf.Tensor {
  const shape = Array.from({ length: rank }, (_, axis) => (axis === rowAxis ? weight.size : 1));
  return tf.div(tf.reshape(weight, shape), tf.maximum(tf.sum(weight), 1));
}

/** Weighted mean and variance. */
export const momentsForward = defineKernel<'x' | 'weight', RowAxis>({
  name: 'EngineMomentsForward',
  forward: ({ x, weight }, { rowAxis }) => {
    const w = share(weight, x.rank, rowAxis);
    const mean = tf.sum(tf.mul(x, w), rowAxis, true);
    return [mean, tf.sum(tf.mul(tf.square(tf.sub(x, mean)), w), rowAxis, true)];
  },
  native: {
    wasm: ({ x, weight }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const shape = statisticsShape(x.shape, rowAxis);
      const mean = newOutput(shape);
      const variance = newOutput(shape);
      const layout = rowLayout(x.shape, rowAxis);
      wasmKernels()!.run.moments(pointer(x), pointer(weight), pointer(mean), pointer(variance), ...layout);
      return [mean, variance];
    },
  },
});

export const momentsGradient = defineKernel<'x' | 'weight' | 'mean' | 'dMean' | 'dVariance', RowAxis>({
  name: 'EngineMomentsGradient',
  forward: ({ x, weight, mean, dMean, dVariance }, { rowAxis }) => {
    const centred = tf.mul(tf.sub(x, mean), tf.mul(dVariance, 2));
    return tf.mul(tf.add(centred, dMean), share(weight, x.rank, rowAxis));
  },
  native: {
    wasm: ({ x, weight, mean, dMean, dVariance }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const dx = newOutput(x.shape);
      const inputs = [
        pointer(x),
        pointer(weight),
        pointer(mean),
        pointer(dMean),
        pointer(dVariance),
      ] as const;
      wasmKernels()!.run.momentsGradient(...inputs, pointer(dx), ...rowLayout(x.shape, rowAxis));
      return dx;
    },
  },
});

/** `x * scale + shift`, statistics' shapes. */
export const affine = defineKernel<'x' | 'scale' | 'shift', RowAxis>({
  name: 'EngineAffine',
  forward: ({ x, scale, shift }) => tf.add(tf.mul(x, scale), shift),
  native: {
    wasm: ({ x, scale, shift }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const y = newOutput(x.shape);
      const layout = rowLayout(x.shape, rowAxis);
      wasmKernels()!.run.affine(pointer(x), pointer(scale), pointer(shift), pointer(y), ...layout);
      return y;
    },
  },
});

/** Sums over rows of dy and of dy (x - mean). */
export const normaliseSums = defineKernel<'dy' | 'x' | 'mean', RowAxis>({
  name: 'EngineNormaliseSums',
  forward: ({ dy, x, mean }, { rowAxis }) => [
    tf.sum(dy, rowAxis, true),
    tf.sum(tf.mul(dy, tf.sub(x, mean)), rowAxis, true),
  ],
  native: {
    wasm: ({ dy, x, mean }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const shape = statisticsShape(x.shape, rowAxis);
      const sum = newOutput(shape);
      const weighted = newOutput(shape);
      const layout = rowLayout(x.shape, rowAxis);
      wasmKernels()!.run.normaliseSums(
        pointer(dy),
        pointer(x),
        pointer(mean),
        pointer(sum),
        pointer(weighted),
        ...layout,
      );
      return [sum, weighted];
    },
  },
});
