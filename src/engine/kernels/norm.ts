/** Kernels of batch normalisation over x seen as `[outer, rows, columns]`; `rowAxis` 0 has no outer part, 1 has one. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type NativeKernel } from './defineOperation';
import { newDeviceOutput, runDevice } from './device';
import { liveFloats } from './live';
import { free, newOutput, pointer, wasmKernels } from './wasm/module';
import { float, int } from './webgpu';

/** Added to variances. Not 1e-3: attention-pooled inputs have variances far below that. */
export const NORM_EPSILON = 1e-5;

export interface RowAxis {
  readonly rowAxis: 0 | 1;
}

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

/** Outer, rows, columns. */
function rowLayout(shape: readonly number[], rowAxis: 0 | 1): readonly [number, number, number] {
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

const rstdOf = (variance: tf.Tensor): tf.Tensor => tf.rsqrt(tf.add(variance, NORM_EPSILON));

/** Reductions on the device: a workgroup holds `COLUMNS` columns, `LANES` threads each. */
const COLUMNS = 16;
const LANES = 16;

const reduceDeclarations = `
  var<workgroup> shared0 : array<f32, ${COLUMNS * LANES}>;
  var<workgroup> shared1 : array<f32, ${COLUMNS * LANES}>;
`;

/** WGSL: which column this thread helps with. */
const place = `
  let tiles = (uniforms.columns + ${COLUMNS - 1}) / ${COLUMNS};
  let outer = group / tiles;
  let lane = local / ${COLUMNS};
  let column = (group - outer * tiles) * ${COLUMNS} + local % ${COLUMNS};
  let inside = column < uniforms.columns;
  let base = outer * uniforms.rows * uniforms.columns + column;
  let at = outer * uniforms.columns + column;
`;

/** WGSL: adds up the lanes of a column, in one order, into the first lane's places. */
const gather = `
  workgroupBarrier();
  for (var step = ${LANES / 2}; step > 0; step = step / 2) {
    if (lane < step) {
      shared0[local] = shared0[local] + shared0[local + step * ${COLUMNS}];
      shared1[local] = shared1[local] + shared1[local + step * ${COLUMNS}];
    }
    workgroupBarrier();
  }
`;

const reduceThreads = (outer: number, columns: number): number =>
  outer * Math.ceil(columns / COLUMNS) * COLUMNS * LANES;

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

type StatisticsNames = 'x' | 'mean' | 'variance' | 'gamma' | 'beta';

/** Per column: scale and shift of the affine map that normalisation is. */
function affineOf(inputs: Readonly<Record<Exclude<StatisticsNames, 'x'>, tf.TensorInfo>>): {
  scale: tf.TensorInfo;
  shift: tf.TensorInfo;
} {
  const scale = newOutput(inputs.mean.shape);
  const shift = newOutput(inputs.mean.shape);
  const [mean, variance, gamma, beta] = [inputs.mean, inputs.variance, inputs.gamma, inputs.beta].map(
    liveFloats,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scales = liveFloats(scale);
  const shifts = liveFloats(shift);
  for (let c = 0; c < mean.length; c++) {
    scales[c] = gamma[c]! / Math.sqrt(variance[c]! + NORM_EPSILON);
    shifts[c] = beta[c]! - mean[c]! * scales[c]!;
  }
  return { scale, shift };
}

/** `gamma (x - mean) / sqrt(variance + eps) + beta`, all with statistics' shape but x. */
export const normaliseForward = defineKernel<StatisticsNames, RowAxis>({
  name: 'EngineNormaliseForward',
  forward: ({ x, mean, variance, gamma, beta }) =>
    tf.add(tf.mul(tf.sub(x, mean), tf.mul(rstdOf(variance), gamma)), beta),
  native: {
    wasm: ({ x, ...statistics }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const y = newOutput(x.shape);
      const { scale, shift } = affineOf(statistics);
      const layout = rowLayout(x.shape, rowAxis);
      wasmKernels()!.run.affine(pointer(x), pointer(scale), pointer(shift), pointer(y), ...layout);
      free(scale, shift);
      return y;
    },
    webgpu: ({ x, mean, variance, gamma, beta }, { rowAxis }) => {
      const [, rows, columns] = rowLayout(x.shape, rowAxis);
      const y = newDeviceOutput(x.shape);
      const threads = size(x.shape);
      runDevice({
        name: 'normalise',
        bindings: [
          { name: 'y', tensor: y, write: true },
          { name: 'x', tensor: x },
          { name: 'mean', tensor: mean },
          { name: 'variance', tensor: variance },
          { name: 'gamma', tensor: gamma },
          { name: 'beta', tensor: beta },
        ],
        uniforms: {
          rows: int(rows),
          columns: int(columns),
          size: int(threads),
          epsilon: float(NORM_EPSILON),
        },
        body: `
          if (index < uniforms.size) {
            let outer = index / (uniforms.rows * uniforms.columns);
            let at = outer * uniforms.columns + index % uniforms.columns;
            let scale = gamma[at] * inverseSqrt(variance[at] + uniforms.epsilon);
            y[index] = (x[index] - mean[at]) * scale + beta[at];
          }
        `,
        threads,
      });
      return y;
    },
  },
});

type SumsNames = 'dy' | 'x' | 'mean' | 'variance';

const sumsOnDevice: NativeKernel<SumsNames, RowAxis> = ({ dy, x, mean, variance }, { rowAxis }) => {
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
  return [dGamma, dBeta, packed];
};

/**
 * Gradients of scale and shift, sums over rows of `dy (x - mean) / sqrt(variance + eps)` and of `dy`; and, for the input's
 * gradient, `[2, columns]`: the second sum, and the first over the root once more.
 */
export const scaleGradients = defineKernel<SumsNames, RowAxis>({
  name: 'EngineNormaliseScaleGradients',
  forward: ({ dy, x, mean, variance }, { rowAxis }) => {
    const rstd = rstdOf(variance);
    const dGamma = tf.mul(tf.sum(tf.mul(dy, tf.sub(x, mean)), rowAxis, true), rstd);
    const dBeta = tf.sum(dy, rowAxis, true);
    const flat = [dBeta, tf.mul(dGamma, rstd)].map((part) => tf.reshape<tf.Rank.R1>(part, [-1]));
    return [dGamma, dBeta, tf.stack(flat)];
  },
  native: {
    wasm: ({ dy, x, mean, variance }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const shape = statisticsShape(x.shape, rowAxis);
      const dGamma = newOutput(shape);
      const dBeta = newOutput(shape);
      const inputs = [pointer(dy), pointer(x), pointer(mean)] as const;
      const outputs = [pointer(dBeta), pointer(dGamma)] as const;
      wasmKernels()!.run.normaliseSums(...inputs, ...outputs, ...rowLayout(x.shape, rowAxis));
      const packed = newOutput([2, size(shape)]);
      const [values, shifts, spread] = [liveFloats(dGamma), liveFloats(dBeta), liveFloats(variance)];
      const pack = liveFloats(packed);
      const count = values.length;
      for (let c = 0; c < count; c++) {
        const rstd = 1 / Math.sqrt(spread[c]! + NORM_EPSILON);
        values[c]! *= rstd;
        pack[c] = shifts[c]!;
        pack[count + c] = values[c]! * rstd;
      }
      return [dGamma, dBeta, packed];
    },
    webgpu: sumsOnDevice,
  },
});

type InputNames = SumsNames | 'gamma' | 'weight' | 'packed';

/** Gradient of batch normalisation by its input, through the batch's own statistics too; `packed` as above. */
export const batchNormInputGradient = defineKernel<InputNames, RowAxis>({
  name: 'EngineBatchNormInputGradient',
  forward: ({ dy, x, mean, variance, gamma, weight, packed }, { rowAxis }) => {
    const part = (at: number): tf.Tensor => tf.reshape(tf.slice(packed, [at, 0], [1, mean.size]), mean.shape);
    const pull = tf.add(part(0), tf.mul(tf.sub(x, mean), part(1)));
    const scale = tf.mul(gamma, rstdOf(variance));
    return tf.mul(tf.sub(dy, tf.mul(share(weight, x.rank, rowAxis), pull)), scale);
  },
  native: {
    wasm: ({ dy, x, mean, variance, gamma, weight, packed }, { rowAxis }) => {
      if (!wasmKernels()) return null;
      const dx = newOutput(x.shape);
      const scale = newOutput(mean.shape);
      const [scales, spread, sizes] = [liveFloats(scale), liveFloats(variance), liveFloats(gamma)];
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
  },
});
