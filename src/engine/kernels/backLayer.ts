/** Kernels of the way back through one layer; tensors are `[S, B, w]`, scale and variance `[S, 1, w]`. */
import type * as tf from '@tensorflow/tfjs-core';
import { defineLoop, type Loop } from './loop';

const VARIANCE_FLOOR = 1e-5;

interface Slope {
  readonly slope: number;
}
type Optional = 'mask' | 'gamma' | 'variance';

function plan({ shape }: tf.TensorInfo, slope: number): Loop {
  const [outer, rows, columns] = shape as [number, number, number];
  return { shape, sizes: { outer, rows, columns }, factors: { slope } };
}

/** `delta · mask · A(u) · gamma / sqrt(variance + 1e-5)`, A the slope of LeakyReLU at u. */
export const backLayer = defineLoop<'delta' | 'u', Slope, Optional>({
  name: 'EngineBackLayer',
  plan: ({ delta }, { slope }) => plan(delta, slope),
  host: ({ delta, u, mask, gamma, variance }, out, { sizes, factors }) => {
    const { outer, rows, columns } = sizes as { outer: number; rows: number; columns: number };
    const slope = factors!.slope!;
    const scale = new Float32Array(columns).fill(1);
    let at = 0;
    for (let o = 0; o < outer; o++) {
      if (gamma && variance) {
        for (let c = 0; c < columns; c++) {
          const s = o * columns + c;
          scale[c] = gamma[s]! / Math.sqrt(variance[s]! + VARIANCE_FLOOR);
        }
      }
      if (mask) {
        for (let b = 0; b < rows; b++) {
          for (let c = 0; c < columns; c++, at++) {
            out[at] = delta[at]! * mask[at]! * (u[at]! > 0 ? scale[c]! : slope * scale[c]!);
          }
        }
      } else {
        for (let b = 0; b < rows; b++) {
          for (let c = 0; c < columns; c++, at++) {
            out[at] = delta[at]! * (u[at]! > 0 ? scale[c]! : slope * scale[c]!);
          }
        }
      }
    }
  },
  device: (has) => `
    var value = delta[index] * select(uniforms.slope, 1.0, u[index] > 0.0);
    ${has('mask') ? 'value = value * mask[index];' : ''}
    ${
      has('gamma')
        ? `let s = index / (uniforms.rows * uniforms.columns) * uniforms.columns + index % uniforms.columns;
           value = value * gamma[s] * inverseSqrt(variance[s] + ${VARIANCE_FLOOR});`
        : ''
    }
    result[index] = value;`,
});

/** Gradient of the above by gamma: `Σ_rows dy · delta · mask · A(u) / sqrt(variance + 1e-5)`, `[S, 1, w]`. */
export const backLayerScale = defineLoop<'dy' | 'delta' | 'u' | 'variance', Slope, 'mask'>({
  name: 'EngineBackLayerScale',
  plan: ({ delta, variance }, { slope }) => ({ ...plan(delta, slope), shape: variance.shape }),
  host: ({ dy, delta, u, mask, variance }, out, { sizes, factors }) => {
    const { outer, rows, columns } = sizes as { outer: number; rows: number; columns: number };
    const slope = factors!.slope!;
    let at = 0;
    for (let o = 0; o < outer; o++) {
      const sums = new Float64Array(columns);
      for (let b = 0; b < rows; b++) {
        for (let c = 0; c < columns; c++, at++) {
          const kept = mask ? mask[at]! : 1;
          sums[c]! += dy[at]! * delta[at]! * kept * (u[at]! > 0 ? 1 : slope);
        }
      }
      for (let c = 0; c < columns; c++) {
        const s = o * columns + c;
        out[s] = sums[c]! / Math.sqrt(variance[s]! + VARIANCE_FLOOR);
      }
    }
  },
  device: (has) => `
    let o = index / uniforms.columns;
    let c = index % uniforms.columns;
    var sum = 0.0;
    for (var b = 0; b < uniforms.rows; b = b + 1) {
      let at = (o * uniforms.rows + b) * uniforms.columns + c;
      let kept = ${has('mask') ? 'mask[at]' : '1.0'};
      sum = sum + dy[at] * delta[at] * kept * select(uniforms.slope, 1.0, u[at] > 0.0);
    }
    result[index] = sum * inverseSqrt(variance[index] + ${VARIANCE_FLOOR});`,
});
