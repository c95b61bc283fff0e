/** Kernels of weighted means and variances over rows, and of their gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, type Native } from '../../operation/defineOperation';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
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
} from './layout';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { int } from '../../backends/webgpu/program';

const contracts = {
  0: 'x: B,...; weight: B,1 -> mean: 1,...; variance: 1,...',
  1: 'x: N,B,...; weight: B,1 -> mean: N,1,...; variance: N,1,...',
} as const;

const momentsOnDevice: Native<(typeof contracts)[0 | 1], RowAxis> = ({ x, weight }, { rowAxis }) => {
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
  return { mean, variance };
};

const gradientContracts = {
  0: 'x: B,...; weight: B,1; mean: 1,...; dMean: 1,...; dVariance: 1,... -> B,...',
  1: 'x: N,B,...; weight: B,1; mean: N,1,...; dMean: N,1,...; dVariance: N,1,... -> N,B,...',
} as const;

const momentsGradient = defineOperation({
  name: 'batchMomentsGradient',
  shapes: ({ rowAxis }: RowAxis) => gradientContracts[rowAxis],
  forward: ({ x, weight, mean, dMean, dVariance }, { rowAxis }) => {
    const centred = tf.mul(tf.sub(x, mean), tf.mul(dVariance, 2));
    return tf.mul(tf.add(centred, dMean), share(weight, x.rank, rowAxis));
  },
  wasm: ({ x, weight, mean, dMean, dVariance }, { rowAxis }) => {
    if (!wasmKernels()) return null;
    const dx = newOutput(x.shape);
    const inputs = [pointer(x), pointer(weight), pointer(mean), pointer(dMean), pointer(dVariance)] as const;
    wasmKernels()!.run.momentsGradient(...inputs, pointer(dx), ...rowLayout(x.shape, rowAxis));
    return dx;
  },
});

/** Weighted mean and variance. */
export const moments = defineOperation({
  name: 'batchMoments',
  shapes: ({ rowAxis }: RowAxis) => contracts[rowAxis],
  forward: ({ x, weight }, { rowAxis }) => {
    const w = share(weight, x.rank, rowAxis);
    const mean = tf.sum(tf.mul(x, w), rowAxis, true);
    return { mean, variance: tf.sum(tf.mul(tf.square(tf.sub(x, mean)), w), rowAxis, true) };
  },
  wasm: ({ x, weight }, { rowAxis }) => {
    if (!wasmKernels()) return null;
    const shape = statisticsShape(x.shape, rowAxis);
    const mean = newOutput(shape);
    const variance = newOutput(shape);
    const layout = rowLayout(x.shape, rowAxis);
    wasmKernels()!.run.moments(pointer(x), pointer(weight), pointer(mean), pointer(variance), ...layout);
    return { mean, variance };
  },
  webgpu: momentsOnDevice,
  save: ['x', 'weight', 'mean'],
  constants: ['weight'],
  gradient: ({ dmean, dvariance, x, weight, mean }, { rowAxis }) => ({
    x: () => momentsGradient({ x, weight, mean, dMean: dmean, dVariance: dvariance }, { rowAxis }),
  }),
});
