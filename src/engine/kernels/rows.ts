/** Kernels of losses, probabilities and softmax over rows. */
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

/** Keeps logarithms of probabilities finite. */
export const PROBABILITY_EPSILON = 1e-7;

/** `-y log(p + eps) - (1 - y) log(1 - p + eps)`, row by row. */
export const bceProbability = defineLoop<'probability' | 'label'>({
  name: 'EngineBceProbability',
  plan: ({ probability }) => ({
    shape: probability.shape,
    sizes: {},
    factors: { low: PROBABILITY_EPSILON, high: 1 + PROBABILITY_EPSILON },
  }),
  host: ({ probability, label }, out, { factors }) => {
    const { low, high } = factors as { low: number; high: number };
    for (let b = 0; b < out.length; b++) {
      const [p, y] = [probability[b]!, label[b]!];
      out[b] = -(y * Math.log(p + low) + (1 - y) * Math.log(high - p));
    }
  },
  device: () => `
    let p = probability[index];
    let y = label[index];
    result[index] = -(y * log(p + uniforms.low) + (1.0 - y) * log(uniforms.high - p));`,
});

/** `dy ((1 - y) / (1 - p + eps) - y / (p + eps))`. */
export const bceProbabilityGradient = defineLoop<'dy' | 'probability' | 'label'>({
  name: 'EngineBceProbabilityGradient',
  plan: ({ probability }) => ({
    shape: probability.shape,
    sizes: {},
    factors: { low: PROBABILITY_EPSILON, high: 1 + PROBABILITY_EPSILON },
  }),
  host: ({ dy, probability, label }, out, { factors }) => {
    const { low, high } = factors as { low: number; high: number };
    for (let b = 0; b < out.length; b++) {
      const [p, y] = [probability[b]!, label[b]!];
      out[b] = dy[b]! * ((1 - y) / (high - p) - y / (p + low));
    }
  },
  device: () => `
    let p = probability[index];
    let y = label[index];
    result[index] = dy[index] * ((1.0 - y) / (uniforms.high - p) - y / (p + uniforms.low));`,
});

/** `log(p) - log(1 - p)`. */
export const logOddsForward = defineLoop<'p'>({
  name: 'EngineLogOddsForward',
  plan: ({ p }) => ({ shape: p.shape, sizes: {} }),
  host: ({ p }, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.log(p[i]!) - Math.log1p(-p[i]!);
  },
  device: () => 'result[index] = log(p[index]) - log(1.0 - p[index]);',
});

/** `dy / (p (1 - p))`. */
export const logOddsGradient = defineLoop<'dy' | 'p'>({
  name: 'EngineLogOddsGradient',
  plan: ({ p }) => ({ shape: p.shape, sizes: {} }),
  host: ({ dy, p }, out) => {
    for (let i = 0; i < out.length; i++) out[i] = dy[i]! / (p[i]! * (1 - p[i]!));
  },
  device: () => 'result[index] = dy[index] / (p[index] * (1.0 - p[index]));',
});

/** `dy y (1 - y)`: of a sigmoid by its output. */
export const sigmoidGradient = defineLoop<'dy' | 'y'>({
  name: 'EngineSigmoidGradient',
  plan: ({ y }) => ({ shape: y.shape, sizes: {} }),
  host: ({ dy, y }, out) => {
    for (let i = 0; i < out.length; i++) out[i] = dy[i]! * y[i]! * (1 - y[i]!);
  },
  device: () => 'result[index] = dy[index] * y[index] * (1.0 - y[index]);',
});

/** Softmax over the last axis where `mask` is not 0; zeros elsewhere. */
export const maskedSoftmaxForward = defineLoop<'x' | 'mask'>({
  name: 'EngineMaskedSoftmaxForward',
  plan: ({ x }) => {
    const columns = x.shape[x.shape.length - 1]!;
    return { shape: x.shape, sizes: { columns }, threads: size(x.shape) / columns };
  },
  host: ({ x, mask }, out, { sizes }) => {
    const columns = sizes.columns!;
    for (let first = 0; first < out.length; first += columns) {
      let top = -Infinity;
      for (let c = first; c < first + columns; c++) if (mask[c] !== 0) top = Math.max(top, x[c]!);
      let sum = 0;
      for (let c = first; c < first + columns; c++) {
        out[c] = mask[c] === 0 ? 0 : Math.exp(x[c]! - top);
        sum += out[c]!;
      }
      if (sum > 0) for (let c = first; c < first + columns; c++) out[c]! /= sum;
    }
  },
  device: () => `
    let first = index * uniforms.columns;
    let last = first + uniforms.columns;
    var top = -3.0e38;
    for (var c = first; c < last; c = c + 1) { if (mask[c] != 0.0) { top = max(top, x[c]); } }
    var sum = 0.0;
    for (var c = first; c < last; c = c + 1) { if (mask[c] != 0.0) { sum = sum + exp(x[c] - top); } }
    for (var c = first; c < last; c = c + 1) {
      result[c] = 0.0;
      if (mask[c] != 0.0) { result[c] = exp(x[c] - top) / sum; }
    }`,
});
