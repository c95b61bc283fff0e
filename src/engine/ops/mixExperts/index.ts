/**
 * Mixtures `out[m, b, :] = Σ_n weights[b, m, n] h[b, n, :]`: one mixture a row (weights `[B, N]`, out `[B, w]`) or M of
 * the same vectors (weights `[B, M, N]`, out `[M, B, w]`). Layouts of h: `rows` is `[B, N, w]`, `stack` and `gates` are
 * `[N, B, w]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { deferFold, deferFormula, dropInfo } from '../../backends/webgpu/deferred/values';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';

interface Layout {
  /** Of h: `[B, N, w]`, or `[N, B, w]` mixed once or by several gates. */
  readonly layout: 'rows' | 'stack' | 'gates';
}

const BYTES = 4;

/** Sizes of a mixture, and the distances of rows and of vectors in h. */
interface Sizes {
  readonly rows: number;
  /** N, vectors that are mixed. */
  readonly count: number;
  /** M, mixtures a row. */
  readonly mixtures: number;
  readonly width: number;
  readonly strideB: number;
  readonly strideN: number;
}

/** @param weights shape `[B, N]` or `[B, M, N]` */
function sizesOf(weights: readonly number[], width: number, layout: Layout['layout']): Sizes {
  const rows = weights[0]!;
  const count = weights[weights.length - 1]!;
  const mixtures = weights.length === 3 ? weights[1]! : 1;
  return layout === 'rows'
    ? { rows, count, mixtures, width, strideB: count * width, strideN: width }
    : { rows, count, mixtures, width, strideB: width, strideN: rows * width };
}

const shapeOfVectors = ({ rows, count, width }: Sizes, layout: Layout['layout']): number[] =>
  layout === 'rows' ? [rows, count, width] : [count, rows, width];

/** The shape of weights that made a result: one mixture a row has no axis of its own. */
const shapeOfWeights = (dy: tf.TensorInfo, h: tf.TensorInfo, layout: Layout['layout']): number[] => {
  const [rows, count] = layout === 'rows' ? [h.shape[0]!, h.shape[1]!] : [h.shape[1]!, h.shape[0]!];
  return dy.shape.length === 3 ? [rows, dy.shape[0]!, count] : [rows, count];
};

/** Weights as `[M, N, B, 1]`, h as `[1, N, B, w]`, results as `[M, 1, B, w]`: what the composed forms multiply. */
const spreadWeights = (weights: tf.Tensor): tf.Tensor => {
  const each = weights.rank === 3 ? weights : tf.expandDims(weights, 1);
  return tf.expandDims(tf.transpose(each, [1, 2, 0]), 3);
};
const spreadVectors = (h: tf.Tensor, layout: Layout['layout']): tf.Tensor =>
  tf.expandDims(layout === 'rows' ? tf.transpose(h, [1, 0, 2]) : h, 0);
const spreadResult = (y: tf.Tensor): tf.Tensor => tf.expandDims(y.rank === 3 ? y : tf.expandDims(y, 0), 1);

const inputContracts = {
  rows: 'dy: B,w; weights: B,N -> B,N,w',
  stack: 'dy: B,w; weights: B,N -> N,B,w',
  gates: 'dy: M,B,w; weights: B,M,N -> N,B,w',
} as const;

/** `dh[b, n, :] = Σ_m weights[b, m, n] dy[m, b, :]`, laid out as h. */
const inputGradient = defineOperation({
  name: 'mixExpertsInputGradient',
  shapes: ({ layout }: Layout) => inputContracts[layout],
  forward: ({ dy, weights }, { layout }) => {
    const dh = tf.sum(tf.mul(spreadWeights(weights), spreadResult(dy)), 0);
    return layout === 'rows' ? tf.transpose(dh, [1, 0, 2]) : dh;
  },
  wasm: ({ dy, weights }, { layout }) => {
    const kernels = wasmKernels();
    const sizes = sizesOf(weights.shape, dy.shape[dy.shape.length - 1]!, layout);
    const { rows, count, mixtures, width, strideB, strideN } = sizes;
    if (!kernels || (mixtures > 1 && layout === 'rows')) return null;
    const out = newOutput(shapeOfVectors(sizes, layout));
    if (mixtures === 1) {
      const places = [pointer(dy), pointer(weights), pointer(out)] as const;
      kernels.run.mixGradient(...places, rows, count, width, strideB, strideN, count, 1);
      return out;
    }
    // Of a stack, each vector's gradient is a mixture of the results' gradients.
    for (let n = 0; n < count; n++) {
      kernels.run.mix(
        pointer(dy),
        pointer(weights) + BYTES * n,
        pointer(out) + BYTES * n * rows * width,
        ...([rows, mixtures, width, width, rows * width, mixtures * count, count] as const),
      );
    }
    return out;
  },
  webgpu: ({ dy, weights }, { layout }) => {
    const sizes = sizesOf(weights.shape, dy.shape[dy.shape.length - 1]!, layout);
    const { rows, count, mixtures, width, strideB, strideN } = sizes;
    return deferFormula({
      name: 'mixInput',
      shape: shapeOfVectors(sizes, layout),
      inputs: { dy, weights },
      code: `
        let b = index / ${strideB} % ${rows};
        let n = index / ${strideN} % ${count};
        let c = index % ${width};
        var sum = 0.0;
        for (var m = 0; m < ${mixtures}; m = m + 1) {
          sum = sum + weights[(b * ${mixtures} + m) * ${count} + n] * dy[(m * ${rows} + b) * ${width} + c];
        }
        return sum;`,
      reads: mixtures,
      cost: 8 + 2 * mixtures,
    });
  },
});

const weightContracts = {
  rows: 'dy: B,w; h: B,N,w -> B,N',
  stack: 'dy: B,w; h: N,B,w -> B,N',
  gates: 'dy: M,B,w; h: N,B,w -> B,M,N',
} as const;

/** `dWeights[b, m, n] = dy[m, b, :] · h[b, n, :]`. */
export const mixExpertsWeightGradient = defineOperation({
  name: 'mixExpertsWeightGradient',
  shapes: ({ layout }: Layout) => weightContracts[layout],
  forward: ({ dy, h }, { layout }) => {
    const products = tf.sum(tf.mul(spreadResult(dy), spreadVectors(h, layout)), 3);
    return tf.reshape(tf.transpose(products, [2, 0, 1]), shapeOfWeights(dy, h, layout));
  },
  wasm: ({ dy, h }, { layout }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const shape = shapeOfWeights(dy, h, layout);
    const { rows, count, mixtures, width, strideB, strideN } = sizesOf(shape, h.shape[2]!, layout);
    const out = newOutput(shape);
    for (let m = 0; m < mixtures; m++) {
      kernels.run.mixWeightGradient(
        pointer(dy) + BYTES * m * rows * width,
        pointer(h),
        pointer(out) + BYTES * m * count,
        ...([rows, count, width, strideB, strideN, mixtures * count, 1] as const),
      );
    }
    return out;
  },
  webgpu: ({ dy, h }, { layout }) => {
    const shape = shapeOfWeights(dy, h, layout);
    const { rows, count, mixtures, width, strideB, strideN } = sizesOf(shape, h.shape[2]!, layout);
    const products = deferFormula({
      name: 'mixWeightProducts',
      shape: [...shape, width],
      inputs: { dy, h },
      code: `
        let c = index % ${width};
        let n = index / ${width} % ${count};
        let m = index / ${width * count} % ${mixtures};
        let b = index / ${width * count * mixtures};
        return dy[(m * ${rows} + b) * ${width} + c] * h[b * ${strideB} + n * ${strideN} + c];`,
      cost: 8,
    });
    const sums = deferFold('sum', products, shape, [rows * mixtures * count, width, 1]);
    dropInfo(products);
    return sums;
  },
});

const contracts = {
  rows: 'h: B,N,w; weights: B,N -> B,w',
  stack: 'h: N,B,w; weights: B,N -> B,w',
  gates: 'h: N,B,w; weights: B,M,N -> M,B,w',
} as const;

const operation = defineOperation({
  name: 'mixExperts',
  shapes: ({ layout }: Layout) => contracts[layout],
  forward: ({ h, weights }, { layout }) => {
    const mixed = tf.sum(tf.mul(spreadWeights(weights), spreadVectors(h, layout)), 1);
    return weights.rank === 3 ? mixed : tf.squeeze(mixed, [0]);
  },
  wasm: ({ h, weights }, { layout }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const { rows, count, mixtures, width, strideB, strideN } = sizesOf(weights.shape, h.shape[2]!, layout);
    const out = newOutput(weights.shape.length === 3 ? [mixtures, rows, width] : [rows, width]);
    for (let m = 0; m < mixtures; m++) {
      kernels.run.mix(
        pointer(h),
        pointer(weights) + BYTES * m * count,
        pointer(out) + BYTES * m * rows * width,
        ...([rows, count, width, strideB, strideN, mixtures * count, 1] as const),
      );
    }
    return out;
  },
  webgpu: ({ h, weights }, { layout }) => {
    const sizes = sizesOf(weights.shape, h.shape[2]!, layout);
    const { rows, count, mixtures, width, strideB, strideN } = sizes;
    return deferFormula({
      name: 'mix',
      shape: weights.shape.length === 3 ? [mixtures, rows, width] : [rows, width],
      inputs: { h, weights },
      code: `
        let row = index / ${width};
        let c = index % ${width};
        let m = row / ${rows};
        let b = row % ${rows};
        var sum = 0.0;
        for (var n = 0; n < ${count}; n = n + 1) {
          sum = sum + weights[(b * ${mixtures} + m) * ${count} + n] * h[b * ${strideB} + n * ${strideN} + c];
        }
        return sum;`,
      reads: count,
      cost: 8 + 2 * count,
    });
  },
  save: ['h', 'weights'],
  gradient: ({ dy, h, weights }, attributes) => ({
    h: () => inputGradient({ dy, weights }, attributes),
    weights: () => mixExpertsWeightGradient({ dy, h }, attributes),
  }),
});

/**
 * Mixes N vectors a row: `sum_n weights[:, n] * h[:, n, :]`, `h [B, N, out]`, `weights [B, N]`, to `[B, out]`.
 * With a one-hot it selects; with a gate it mixes. Gradients reach both. @throws RangeError naming the shapes.
 */
export function mixExperts(h: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  return operation({ h, weights }, { layout: 'rows' }) as tf.Tensor2D;
}

/** The same for a stack: `h [N, B, out]`, `weights [B, N]`, to `[B, out]`. @throws RangeError naming the shapes. */
export function mixExpertsStacked(h: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  return operation({ h, weights }, { layout: 'stack' }) as tf.Tensor2D;
}

/**
 * Mixes one stack by M gates, row by row: `out[m, b] = Σ_i weights[b, m, i] · h[i, b]`, `h [I, B, w]`, `weights [B, M, I]`, to
 * `[M, B, w]`. One layer of experts feeds the next through it. @throws RangeError naming the shapes.
 */
export function mixExpertsMultiGate(h: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  return operation({ h, weights }, { layout: 'gates' }) as tf.Tensor3D;
}
