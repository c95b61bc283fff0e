/** Kernels of weighted means and variances over rows, and of their gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type NativeKernel } from './defineOperation';
import { newDeviceOutput, runDevice } from '../backends/webgpu/device';
import {
  COLUMNS,
  gather,
  LANES,
  place,
  reduceDeclarations,
  reduceThreads,
  rowLayout,
  share,
  statisticsShape,
  type RowAxis,
} from './normLayout';
import { newOutput, pointer, wasmKernels } from '../backends/wasm/module';
import { int } from '../backends/webgpu/program';

const momentsOnDevice: NativeKernel<'x' | 'weight', RowAxis> = ({ x, weight }, { rowAxis }) => {
  const [outer, rows, columns] = rowLayout(x.shape, rowAxis);
  const shape = statisticsShape(x.shape, rowAxis);
  const mean = newDeviceOutput(shape);
  const variance = newDeviceOutput(shape);
  runDevice({
    name: 'moments',
    bindings: [
      { name: 'mean', tensor: mean, write: true },
      { name: 'variance', tensor: variance, write: true },
      { name: 'x', tensor: x },
      { name: 'weight', tensor: weight },
    ],
    uniforms: { rows: int(rows), columns: int(columns), outers: int(outer) },
    declarations: reduceDeclarations,
    body: `
      ${place}
      var sum = 0.0;
      var total = 0.0;
      for (var r = lane; r < uniforms.rows; r = r + ${LANES}) {
        total = total + weight[r];
        if (inside) { sum = sum + weight[r] * x[base + r * uniforms.columns]; }
      }
      shared0[local] = sum;
      shared1[local] = total;
      ${gather}
      let first = local % ${COLUMNS};
      let scale = 1.0 / max(shared1[first], 1.0);
      let middle = shared0[first] * scale;
      workgroupBarrier();
      var square = 0.0;
      if (inside) {
        for (var r = lane; r < uniforms.rows; r = r + ${LANES}) {
          let centred = x[base + r * uniforms.columns] - middle;
          square = square + weight[r] * centred * centred;
        }
      }
      shared0[local] = square;
      shared1[local] = 0.0;
      ${gather}
      if (inside && lane == 0) {
        mean[at] = middle;
        variance[at] = shared0[local] * scale;
      }
    `,
    threads: reduceThreads(outer, columns),
    workgroup: COLUMNS * LANES,
  });
  return [mean, variance];
};

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
    webgpu: momentsOnDevice,
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
