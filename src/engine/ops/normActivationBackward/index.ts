import * as tf from '@tensorflow/tfjs-core';
import { deferFold, deferFormula, dropInfo } from '../../backends/webgpu/deferred/values';
import { float } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

const VARIANCE_FLOOR = 1e-5;

interface Slope {
  readonly slope: number;
}

/** Gradient by gamma: `Σ_rows dy · delta · mask · A(u) / sqrt(variance + 1e-5)`. */
const byGamma = defineOperation({
  name: 'normActivationBackwardByGamma',
  shapes: 'dy: S,B,w; delta: S,B,w; u: S,B,w; variance: any; mask?: S,B,w -> S,1,w',
  loop: {
    host: ({ dy, delta, u, mask, variance }, out, { S, B, w }, { slope }: Slope) => {
      let at = 0;
      for (let o = 0; o < S; o++) {
        const sums = new Float64Array(w);
        for (let b = 0; b < B; b++) {
          for (let c = 0; c < w; c++, at++) {
            const kept = mask ? mask[at]! : 1;
            sums[c]! += dy[at]! * delta[at]! * kept * (u[at]! > 0 ? 1 : slope);
          }
        }
        for (let c = 0; c < w; c++) {
          const s = o * w + c;
          out[s] = sums[c]! / Math.sqrt(variance[s]! + VARIANCE_FLOOR);
        }
      }
    },
    wasm: ({ kernels, at: { dy, delta, u, mask = 0, variance }, out, dims: { S, B, w }, attributes }) =>
      kernels.run.normActivationBackwardByGamma(
        ...([dy, delta, u, mask, variance, out, S, B, w, attributes.slope, VARIANCE_FLOOR] as const),
      ),
    deferred: ({ dy, delta, u, variance, mask }, { S, B, w }, { slope }) => {
      const terms = deferFormula({
        name: 'normActivationTerms',
        shape: [S, B, w],
        inputs: { dy, delta, u, ...(mask && { mask }) },
        uniforms: { slope: float(slope) },
        code: `
          let value = dy[index] * delta[index] * select(uniforms.slope, 1.0, u[index] > 0.0);
          return value${mask ? ' * mask[index]' : ''};`,
      });
      const sums = deferFold('sum', terms, [S, 1, w], [S, B, w]);
      const scaled = deferFormula({
        name: 'normActivationBackwardByGamma',
        shape: [S, 1, w],
        inputs: { sums, variance },
        uniforms: { floor: float(VARIANCE_FLOOR) },
        code: 'return sums[index] * inverseSqrt(variance[index] + uniforms.floor);',
      });
      dropInfo(terms);
      dropInfo(sums);
      return scaled;
    },
  },
});

/** A is the slope of LeakyReLU at u; gamma and variance come together or not at all. */
const operation = defineOperation({
  name: 'normActivationBackward',
  shapes: 'delta: S,B,w; u: S,B,w; mask?: S,B,w; gamma?: S,1,w; variance?: any -> S,B,w',
  loop: {
    host: ({ delta, u, mask, gamma, variance }, out, { S, B, w }, { slope }: Slope) => {
      const scale = new Float32Array(w).fill(1);
      let at = 0;
      for (let o = 0; o < S; o++) {
        if (gamma && variance) {
          for (let c = 0; c < w; c++) {
            const s = o * w + c;
            scale[c] = gamma[s]! / Math.sqrt(variance[s]! + VARIANCE_FLOOR);
          }
        }
        for (let b = 0; b < B; b++) {
          if (mask) {
            for (let c = 0; c < w; c++, at++) {
              out[at] = delta[at]! * mask[at]! * (u[at]! > 0 ? scale[c]! : slope * scale[c]!);
            }
          } else {
            for (let c = 0; c < w; c++, at++) {
              out[at] = delta[at]! * (u[at]! > 0 ? scale[c]! : slope * scale[c]!);
            }
          }
        }
      }
    },
    wasm: ({ kernels, at, out, dims: { S, B, w }, attributes: { slope } }) => {
      const { delta, u, mask = 0, gamma = 0, variance = 0 } = at;
      const norm = gamma && variance ? ([gamma, variance] as const) : ([0, 0] as const);
      kernels.run.normActivationBackward(
        ...([delta, u, mask, ...norm, out, S, B, w, slope, VARIANCE_FLOOR, kernels.scratch] as const),
      );
    },
    device: (has) => `
      var value = delta[index] * select(uniforms.slope, 1.0, u[index] > 0.0);
      ${has('mask') ? 'value = value * mask[index];' : ''}
      ${
        has('gamma')
          ? `let s = index / (uniforms.B * uniforms.w) * uniforms.w + index % uniforms.w;
             value = value * gamma[s] * inverseSqrt(variance[s] + ${VARIANCE_FLOOR});`
          : ''
      }
      result[index] = value;`,
  },
  save: ['delta', 'u', 'mask', 'gamma', 'variance'],
  constants: ['u', 'mask', 'variance'],
  gradient: ({ dy, delta, u, mask, gamma, variance }, { slope }) => ({
    delta: (): tf.Tensor => operation({ delta: dy, u, mask, gamma, variance }, { slope }),
    ...(variance && { gamma: () => byGamma({ dy, delta, u, mask, variance }, { slope }) }),
  }),
});

export interface NormActivation {
  /** Before the activation `[S, B, w]`. */
  readonly preActivation: tf.Tensor3D;
  /** Slope of LeakyReLU below zero. */
  readonly slope: number;
  /** The forward pass's dropout mask `[S, B, w]`, or null. */
  readonly mask: tf.Tensor3D | null;
  /** Normalisation's scale and variance, S·w values each, or null. */
  readonly norm: { readonly gamma: tf.Tensor; readonly variance: tf.Tensor } | null;
}

/**
 * One layer of a network's gradient by its input, from dropout's output back to the linear part:
 * `delta · mask · A(u) · gamma / sqrt(variance + 1e-5)`, `[S, B, w]`.
 *
 * Differentiable by `delta` and `gamma`; the slopes A, the mask and the statistics are constants of it.
 * @throws RangeError naming the shapes.
 */
export function normActivationBackward(delta: tf.Tensor3D, layer: NormActivation): tf.Tensor3D {
  const { preActivation: u, slope, mask, norm } = layer;
  if (!norm) return operation({ delta, u, mask }, { slope });
  const gamma = tf.reshape<tf.Rank.R3>(norm.gamma, [delta.shape[0], 1, delta.shape[2]]);
  return operation({ delta, u, mask, gamma, variance: norm.variance }, { slope });
}
