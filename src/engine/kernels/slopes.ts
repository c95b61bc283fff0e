/** Kernels of losses' slopes by their logits, as forward values that a loss may contain. */
import { defineLoop } from './loop';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** `weight (sigmoid(z) - y)`, all `[B, 1]`. */
export const bceSlope = defineLoop<'logit' | 'label' | 'weight'>({
  name: 'EngineBceSlope',
  plan: ({ logit }) => ({ shape: logit.shape, sizes: {} }),
  host: ({ logit, label, weight }, out) => {
    for (let b = 0; b < out.length; b++) out[b] = weight[b]! * (sigmoid(logit[b]!) - label[b]!);
  },
  device: () => 'result[index] = weight[index] * (1.0 / (1.0 + exp(-logit[index])) - label[index]);',
});

/** Gradient of the above: `dy weight sigmoid'(z)`. */
export const bceSlopeGradient = defineLoop<'dy' | 'logit' | 'weight'>({
  name: 'EngineBceSlopeGradient',
  plan: ({ logit }) => ({ shape: logit.shape, sizes: {} }),
  host: ({ dy, logit, weight }, out) => {
    for (let b = 0; b < out.length; b++) {
      const p = sigmoid(logit[b]!);
      out[b] = dy[b]! * weight[b]! * p * (1 - p);
    }
  },
  device: () => `
    let p = 1.0 / (1.0 + exp(-logit[index]));
    result[index] = dy[index] * weight[index] * p * (1.0 - p);`,
});

interface Floor {
  readonly floor: number;
}

const direction = (dy: boolean): string => `
  let first = index * uniforms.columns;
  let last = first + uniforms.columns;
  var largest = logits[first];
  for (var c = first + 1; c < last; c = c + 1) { largest = max(largest, logits[c]); }
  var total = 0.0;
  for (var c = first; c < last; c = c + 1) { total = total + exp(logits[c] - largest); }
  var squares = uniforms.floor;
  ${dy ? 'var inner = 0.0;' : ''}
  for (var c = first; c < last; c = c + 1) {
    let miss = exp(logits[c] - largest) / total - f32(oneHot[c]);
    squares = squares + miss * miss;
    ${dy ? 'inner = inner + miss * dy[c];' : ''}
  }
  let inverse = inverseSqrt(squares);
  ${dy ? 'inner = inner * inverse * inverse * inverse;' : ''}`;

/** `(softmax(z) - oneHot) / sqrt(its squared length + floor)`, `[B, N]`. */
export const missDirection = defineLoop<'logits' | 'oneHot', Floor>({
  name: 'EngineMissDirection',
  plan: ({ logits }, { floor }) => {
    const [rows, columns] = logits.shape as [number, number];
    return { shape: logits.shape, sizes: { columns }, factors: { floor }, threads: rows };
  },
  host: ({ logits, oneHot }, out, { sizes, factors }) => {
    const columns = sizes.columns!;
    const miss = new Float64Array(columns);
    for (let first = 0; first < out.length; first += columns) {
      const inverse = readMiss(logits, oneHot, first, factors!.floor!, miss);
      for (let c = 0; c < columns; c++) out[first + c] = miss[c]! * inverse;
    }
  },
  device: () => `
    ${direction(false)}
    for (var c = first; c < last; c = c + 1) {
      result[c] = (exp(logits[c] - largest) / total - f32(oneHot[c])) * inverse;
    }`,
});

/** Gradient of the above by the logits. */
export const missDirectionGradient = defineLoop<'dy' | 'logits' | 'oneHot', Floor>({
  name: 'EngineMissDirectionGradient',
  plan: ({ logits }, { floor }) => {
    const [rows, columns] = logits.shape as [number, number];
    return { shape: logits.shape, sizes: { columns }, factors: { floor }, threads: rows };
  },
  host: ({ dy, logits, oneHot }, out, { sizes, factors }) => {
    const columns = sizes.columns!;
    const miss = new Float64Array(columns);
    const byMiss = new Float64Array(columns);
    for (let first = 0; first < out.length; first += columns) {
      const inverse = readMiss(logits, oneHot, first, factors!.floor!, miss);
      let inner = 0;
      for (let c = 0; c < columns; c++) inner += miss[c]! * dy[first + c]!;
      inner *= inverse ** 3;
      let mean = 0;
      for (let c = 0; c < columns; c++) {
        byMiss[c] = dy[first + c]! * inverse - miss[c]! * inner;
        mean += (miss[c]! + oneHot[first + c]!) * byMiss[c]!;
      }
      for (let c = 0; c < columns; c++) {
        out[first + c] = (miss[c]! + oneHot[first + c]!) * (byMiss[c]! - mean);
      }
    }
  },
  device: () => `
    ${direction(true)}
    var mean = 0.0;
    for (var c = first; c < last; c = c + 1) {
      let p = exp(logits[c] - largest) / total;
      mean = mean + p * (dy[c] * inverse - (p - f32(oneHot[c])) * inner);
    }
    for (var c = first; c < last; c = c + 1) {
      let p = exp(logits[c] - largest) / total;
      result[c] = p * (dy[c] * inverse - (p - f32(oneHot[c])) * inner - mean);
    }`,
});

/** Writes softmax − oneHot of one row into `miss`; returns one over its (floored) length. */
function readMiss(
  logits: Float32Array,
  oneHot: Float32Array,
  first: number,
  floor: number,
  miss: Float64Array,
): number {
  let largest = logits[first]!;
  for (let c = 1; c < miss.length; c++) largest = Math.max(largest, logits[first + c]!);
  let total = 0;
  for (let c = 0; c < miss.length; c++) total += miss[c] = Math.exp(logits[first + c]! - largest);
  let squares = floor;
  for (let c = 0; c < miss.length; c++) {
    miss[c] = miss[c]! / total - oneHot[first + c]!;
    squares += miss[c]! ** 2;
  }
  return 1 / Math.sqrt(squares);
}
