/** Kernels of losses and softmax over rows, and of moving averages. */
import { defineLoop } from './loop';

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** `softplus(z) - y z`, row by row. */
export const bceRows = defineLoop<'logit' | 'label'>({
  name: 'EngineBceRows',
  plan: ({ logit }) => ({ shape: logit.shape, sizes: {} }),
  host: ({ logit, label }, out) => {
    for (let b = 0; b < out.length; b++) {
      const z = logit[b]!;
      out[b] = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - label[b]! * z;
    }
  },
  device: () => `
    let z = logit[index];
    result[index] = max(z, 0.0) + log(1.0 + exp(-abs(z))) - label[index] * z;`,
});

/** `dy (sigmoid(z) - y)`. */
export const bceRowsGradient = defineLoop<'dy' | 'logit' | 'label'>({
  name: 'EngineBceRowsGradient',
  plan: ({ logit }) => ({ shape: logit.shape, sizes: {} }),
  host: ({ dy, logit, label }, out) => {
    for (let b = 0; b < out.length; b++) out[b] = dy[b]! * (sigmoid(logit[b]!) - label[b]!);
  },
  device: () => 'result[index] = dy[index] * (1.0 / (1.0 + exp(-logit[index])) - label[index]);',
});

const total = (weight: Float32Array): number => {
  let sum = 0;
  for (let b = 0; b < weight.length; b++) sum += weight[b]!;
  return Math.max(sum, 1);
};

/** `[1]`: sum(weight q) / max(sum(weight), 1). */
export const weightedMean = defineLoop<'q' | 'weight'>({
  name: 'EngineWeightedMean',
  plan: ({ q }) => ({ shape: [1], sizes: { rows: size(q.shape) } }),
  host: ({ q, weight }, out) => {
    let sum = 0;
    for (let b = 0; b < q.length; b++) sum += q[b]! * weight[b]!;
    out[0] = sum / total(weight);
  },
  device: () => `
    var sum = 0.0;
    var whole = 0.0;
    for (var b = 0; b < uniforms.rows; b = b + 1) {
      sum = sum + q[b] * weight[b];
      whole = whole + weight[b];
    }
    result[0] = sum / max(whole, 1.0);`,
});

/** `dy weight / max(sum(weight), 1)`, as the rows. */
export const weightedMeanGradient = defineLoop<'dy' | 'weight'>({
  name: 'EngineWeightedMeanGradient',
  plan: ({ weight }) => ({ shape: weight.shape, sizes: { rows: size(weight.shape) } }),
  host: ({ dy, weight }, out) => {
    const scale = dy[0]! / total(weight);
    for (let b = 0; b < out.length; b++) out[b] = scale * weight[b]!;
  },
  device: () => `
    var whole = 0.0;
    for (var b = 0; b < uniforms.rows; b = b + 1) { whole = whole + weight[b]; }
    result[index] = dy[0] * weight[index] / max(whole, 1.0);`,
});

/** `y (dy - sum(dy y))` over the last axis. */
export const softmaxGradient = defineLoop<'dy' | 'y'>({
  name: 'EngineSoftmaxGradient',
  plan: ({ y }) => {
    const columns = y.shape[y.shape.length - 1]!;
    return { shape: y.shape, sizes: { columns } };
  },
  host: ({ dy, y }, out, { sizes }) => {
    const columns = sizes.columns!;
    for (let first = 0; first < out.length; first += columns) {
      let inner = 0;
      for (let c = first; c < first + columns; c++) inner += dy[c]! * y[c]!;
      for (let c = first; c < first + columns; c++) out[c] = y[c]! * (dy[c]! - inner);
    }
  },
  device: () => `
    let first = (index / uniforms.columns) * uniforms.columns;
    var inner = 0.0;
    for (var c = first; c < first + uniforms.columns; c = c + 1) { inner = inner + dy[c] * y[c]; }
    result[index] = y[index] * (dy[index] - inner);`,
});

/** `keep old + (1 - keep) fresh`. */
export const average = defineLoop<'old' | 'fresh', { readonly keep: number }>({
  name: 'EngineMovingAverage',
  plan: ({ old }, { keep }) => ({ shape: old.shape, sizes: {}, factors: { keep, rest: 1 - keep } }),
  host: ({ old, fresh }, out, { factors }) => {
    const { keep, rest } = factors as { keep: number; rest: number };
    for (let i = 0; i < out.length; i++) out[i] = keep * old[i]! + rest * fresh[i]!;
  },
  device: () => 'result[index] = uniforms.keep * old[index] + uniforms.rest * fresh[index];',
});
