/** Kernels of batch normalisation's gradients: of scale and shift, and of the input through the batch's own statistics. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, type Native } from '../../operation/defineOperation';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { hostFloats } from '../../backends/hostMemory';
import {
  COLUMNS,
  gather,
  LANES,
  NORM_EPSILON,
  place,
  reduceDeclarations,
  reduceThreads,
  rowLayout,
  rstdOf,
  share,
  size,
  statisticsShape,
  type RowAxis,
} from './layout';
import { free, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { float, int } from '../../backends/webgpu/program';

const sums = {
  0: 'dy: B,...; x: B,...; mean: 1,...; variance: 1,... -> dGamma: 1,...; dBeta: 1,...; packed: 2,C',
  1: 'dy: N,B,...; x: N,B,...; mean: N,1,...; variance: N,1,... -> dGamma: N,1,...; dBeta: N,1,...; packed: 2,C',
} as const;

const sumsOnDevice: Native<(typeof sums)[0 | 1], RowAxis> = ({ dy, x, mean, variance }, { rowAxis }) => {
  const [outer, rows, columns] = rowLayout(x.shape, rowAxis);
  const shape = statisticsShape(x.shape, rowAxis);
  const dGamma = newDeviceOutput(shape);
  const dBeta = newDeviceOutput(shape);
  const packed = newDeviceOutput([2, outer * columns]);
  runDevice({
    name: 'normaliseSums',
    bindings: [
      { name: 'dGamma', tensor: dGamma, write: true },
      { name: 'dBeta', tensor: dBeta, write: true },
      { name: 'packed', tensor: packed, write: true },
      { name: 'dy', tensor: dy },
      { name: 'x', tensor: x },
      { name: 'mean', tensor: mean },
      { name: 'variance', tensor: variance },
    ],
    uniforms: {
      rows: int(rows),
      columns: int(columns),
      whole: int(outer * columns),
      epsilon: float(NORM_EPSILON),
    },
    declarations: reduceDeclarations,
    body: `
      ${place}
      var sum = 0.0;
      var moment = 0.0;
      if (inside) {
        let middle = mean[at];
        for (var r = lane; r < uniforms.rows; r = r + ${LANES}) {
          let d = dy[base + r * uniforms.columns];
          sum = sum + d;
          moment = moment + d * (x[base + r * uniforms.columns] - middle);
        }
      }
      shared0[local] = sum;
      shared1[local] = moment;
      ${gather}
      if (inside && lane == 0) {
        let rstd = inverseSqrt(variance[at] + uniforms.epsilon);
        let weighted = shared1[local] * rstd;
        dBeta[at] = shared0[local];
        dGamma[at] = weighted;
        packed[at] = shared0[local];
        packed[uniforms.whole + at] = weighted * rstd;
      }
    `,
    threads: reduceThreads(outer, columns),
    workgroup: COLUMNS * LANES,
  });
  return { dGamma, dBeta, packed };
};

/**
 * Gradients of scale and shift, sums over rows of `dy (x - mean) / sqrt(variance + eps)` and of `dy`; and, for the input's
 * gradient, `[2, columns]`: the second sum, and the first over the root once more.
 */
export const scaleGradients = defineOperation({
  name: 'batchNormScaleGradients',
  shapes: ({ rowAxis }: RowAxis) => sums[rowAxis],
  forward: ({ dy, x, mean, variance }, { rowAxis }) => {
    const rstd = rstdOf(variance);
    const dGamma = tf.mul(tf.sum(tf.mul(dy, tf.sub(x, mean)), rowAxis, true), rstd);
    const dBeta = tf.sum(dy, rowAxis, true);
    const flat = [dBeta, tf.mul(dGamma, rstd)].map((part) => tf.reshape<tf.Rank.R1>(part, [-1]));
    return { dGamma, dBeta, packed: tf.stack(flat) };
  },
  wasm: ({ dy, x, mean, variance }, { rowAxis }) => {
    if (!wasmKernels()) return null;
    const shape = statisticsShape(x.shape, rowAxis);
    const dGamma = newOutput(shape);
    const dBeta = newOutput(shape);
    const inputs = [pointer(dy), pointer(x), pointer(mean)] as const;
    const outputs = [pointer(dBeta), pointer(dGamma)] as const;
    wasmKernels()!.run.normaliseSums(...inputs, ...outputs, ...rowLayout(x.shape, rowAxis));
    const packed = newOutput([2, size(shape)]);
    const [values, shifts, spread] = [hostFloats(dGamma), hostFloats(dBeta), hostFloats(variance)];
    const pack = hostFloats(packed);
    const count = values.length;
    for (let c = 0; c < count; c++) {
      const rstd = 1 / Math.sqrt(spread[c]! + NORM_EPSILON);
      values[c]! *= rstd;
      pack[c] = shifts[c]!;
      pack[count + c] = values[c]! * rstd;
    }
    return { dGamma, dBeta, packed };
  },
  webgpu: sumsOnDevice,
});

const byInput = {
  0: 'dy: B,...; x: B,...; mean: 1,...; variance: 1,...; gamma: 1,...; weight: B,1; packed: 2,C -> B,...',
  1: 'dy: N,B,...; x: N,B,...; mean: N,1,...; variance: N,1,...; gamma: N,1,...; weight: B,1; packed: 2,C -> N,B,...',
} as const;

/** Gradient of batch normalisation by its input, through the batch's own statistics too; `packed` as above. */
export const batchNormInputGradient = defineOperation({
  name: 'batchNormInputGradient',
  shapes: ({ rowAxis }: RowAxis) => byInput[rowAxis],
  forward: ({ dy, x, mean, variance, gamma, weight, packed }, { rowAxis }) => {
    const part = (at: number): tf.Tensor => tf.reshape(tf.slice(packed, [at, 0], [1, mean.size]), mean.shape);
    const pull = tf.add(part(0), tf.mul(tf.sub(x, mean), part(1)));
    const scale = tf.mul(gamma, rstdOf(variance));
    return tf.mul(tf.sub(dy, tf.mul(share(weight, x.rank, rowAxis), pull)), scale);
  },
  wasm: ({ dy, x, mean, variance, gamma, weight, packed }, { rowAxis }) => {
    if (!wasmKernels()) return null;
    const dx = newOutput(x.shape);
    const scale = newOutput(mean.shape);
    const [scales, spread, sizes] = [hostFloats(scale), hostFloats(variance), hostFloats(gamma)];
    const count = scales.length;
    for (let c = 0; c < count; c++) scales[c] = sizes[c]! / Math.sqrt(spread[c]! + NORM_EPSILON);
    const inputs = [pointer(dy), pointer(x), pointer(weight), pointer(mean), pointer(scale)] as const;
    const pulls = [pointer(packed), pointer(packed) + 4 * count] as const;
    wasmKernels()!.run.batchNormInput(...inputs, ...pulls, pointer(dx), ...rowLayout(x.shape, rowAxis));
    free(scale);
    return dx;
  },
  webgpu: ({ dy, x, mean, variance, gamma, weight, packed }, { rowAxis }) => {
    const [outer, rows, columns] = rowLayout(x.shape, rowAxis);
    const dx = newDeviceOutput(x.shape);
    const threads = size(x.shape);
    runDevice({
      name: 'batchNormInput',
      bindings: [
        { name: 'dx', tensor: dx, write: true },
        { name: 'dy', tensor: dy },
        { name: 'x', tensor: x },
        { name: 'mean', tensor: mean },
        { name: 'variance', tensor: variance },
        { name: 'gamma', tensor: gamma },
        { name: 'weight', tensor: weight },
        { name: 'packed', tensor: packed },
      ],
      uniforms: {
        rows: int(rows),
        columns: int(columns),
        whole: int(outer * columns),
        size: int(threads),
        epsilon: float(NORM_EPSILON),
      },
      declarations: 'var<workgroup> totals : array<f32, 256>;',
      // Every workgroup adds up the weights for itself: a thousand loads shared by 256 threads.
      body: `
          var own = 0.0;
          for (var r = local; r < uniforms.rows; r = r + 256) { own = own + weight[r]; }
          totals[local] = own;
          workgroupBarrier();
          for (var step = 128; step > 0; step = step / 2) {
            if (local < step) { totals[local] = totals[local] + totals[local + step]; }
            workgroupBarrier();
          }
          if (index < uniforms.size) {
            let row = (index / uniforms.columns) % uniforms.rows;
            let outer = index / (uniforms.rows * uniforms.columns);
            let at = outer * uniforms.columns + index % uniforms.columns;
            let share = weight[row] / max(totals[0], 1.0);
            let pull = packed[at] + packed[uniforms.whole + at] * (x[index] - mean[at]);
            let scale = gamma[at] * inverseSqrt(variance[at] + uniforms.epsilon);
            dx[index] = scale * (dy[index] - share * pull);
          }
        `,
      threads,
      workgroup: 256,
    });
    return dx;
  },
});
