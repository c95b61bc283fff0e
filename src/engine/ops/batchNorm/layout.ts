/**
 * What the kernels of batch normalisation share: x seen as `[outer, rows, columns]` (`rowAxis` 0 has no outer part, 1 has one),
 * weights as shares, and the device's sums over rows.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Added to variances. Not 1e-3: attention-pooled inputs have variances far below that. */
export const NORM_EPSILON = 1e-5;

export interface RowAxis {
  readonly rowAxis: 0 | 1;
}

export const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

/** Outer, rows, columns. */
export function rowLayout(shape: readonly number[], rowAxis: 0 | 1): readonly [number, number, number] {
  return [size(shape.slice(0, rowAxis)), shape[rowAxis]!, size(shape.slice(rowAxis + 1))];
}

/** Shape of statistics: the row axis kept at length 1. */
export function statisticsShape(shape: readonly number[], rowAxis: 0 | 1): number[] {
  return shape.map((length, axis) => (axis === rowAxis ? 1 : length));
}

/** Row weights as shares that sum to 1, along the row axis of a tensor of `rank` axes; all 0 where no row counts. */
export function share(weight: tf.Tensor, rank: number, rowAxis: 0 | 1): tf.Tensor {
  const shape = Array.from({ length: rank }, (_, axis) => (axis === rowAxis ? weight.size : 1));
  return tf.div(tf.reshape(weight, shape), tf.maximum(tf.sum(weight), 1));
}

export const rstdOf = (variance: tf.Tensor): tf.Tensor => tf.rsqrt(tf.add(variance, NORM_EPSILON));

/** Reductions on the device: a workgroup holds `COLUMNS` columns, `LANES` threads each. */
export const COLUMNS = 16;
export const LANES = 16;

export const reduceDeclarations = `
  var<workgroup> shared0 : array<f32, ${COLUMNS * LANES}>;
  var<workgroup> shared1 : array<f32, ${COLUMNS * LANES}>;
`;

/** WGSL: which column this thread helps with. */
export const place = `
  let tiles = (uniforms.columns + ${COLUMNS - 1}) / ${COLUMNS};
  let outer = group / tiles;
  let lane = local / ${COLUMNS};
  let column = (group - outer * tiles) * ${COLUMNS} + local % ${COLUMNS};
  let inside = column < uniforms.columns;
  let base = outer * uniforms.rows * uniforms.columns + column;
  let at = outer * uniforms.columns + column;
`;

/** WGSL: adds up the lanes of a column, in one order, into the first lane's places. */
export const gather = `
  workgroupBarrier();
  for (var step = ${LANES / 2}; step > 0; step = step / 2) {
    if (lane < step) {
      shared0[local] = shared0[local] + shared0[local + step * ${COLUMNS}];
      shared1[local] = shared1[local] + shared1[local + step * ${COLUMNS}];
    }
    workgroupBarrier();
  }
`;

export const reduceThreads = (outer: number, columns: number): number =>
  outer * Math.ceil(columns / COLUMNS) * COLUMNS * LANES;
