import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { leakyRelu } from '../activations';
import { product } from '../matMul/product';
import { mixExperts, mixExpertsWeightGradient } from '../mixExperts';
import { multiDense } from '../multiDense';
import { routedInputGradient, routedWeightGradient } from '../routedDense';
import { sumByRoute } from '../routeRows';

/**
 * With more branches than this, gradients are made of each row's own branch alone; with fewer one product with zeros in the place of the
 * other branches takes no longer, and stays as it was, to the bit.
 */
const DENSE_UP_TO = 16;

interface Slope {
  readonly slope: number;
}

/**
 * Gradient of the mixture by the own branch's linear part: `dy · A(h_own) · α_own`, h after LeakyReLU. LeakyReLU keeps the sign,
 * so its output tells its slope A.
 */
const byOwnBranch = defineOperation({
  name: 'mixtureOwnGradientByBranch',
  shapes: 'dy: B,w; h: B,N,w; alpha: B,N; oneHot: B,N -> B,w',
  loop: {
    host: ({ dy, h, alpha, oneHot }, out, { B, N, w }, { slope }: Slope) => {
      for (let b = 0; b < B; b++) {
        const gates = b * N;
        let own = 0;
        while (own < N - 1 && oneHot[gates + own] === 0) own++;
        const factor = alpha[gates + own]! * oneHot[gates + own]!;
        const from = (gates + own) * w;
        for (let c = 0; c < w; c++) {
          out[b * w + c] = dy[b * w + c]! * factor * (h[from + c]! > 0 ? 1 : slope);
        }
      }
    },
    reads: ({ N }) => N,
    device: () => `
      let b = index / uniforms.w;
      let c = index - b * uniforms.w;
      var value = 0.0;
      for (var n = 0; n < uniforms.N; n = n + 1) {
        let gate = b * uniforms.N + n;
        let steep = select(uniforms.slope, 1.0, h[gate * uniforms.w + c] > 0.0);
        value = value + f32(oneHot[gate]) * alpha[gate] * steep;
      }
      result[index] = value * dy[index];`,
  },
});

const operation = defineOperation({
  name: 'mixtureOwnGradient',
  shapes: 'x: B,in; weight: N,in,w; bias: N,w; alpha: B,N; oneHot: B,N -> B,w | h: B,N,w',
  forward: ({ x, weight, bias, alpha }, { slope }: Slope) => {
    const h = leakyRelu(multiDense(x, weight, bias), slope);
    return { y: mixExperts(h, alpha), h };
  },
  save: ['x', 'weight', 'alpha', 'oneHot', 'h'],
  constants: ['oneHot'],
  gradient: ({ dy, x, weight, alpha, oneHot, h }, { slope }) => {
    const [branches, input, width] = weight.shape;
    const rows = x.shape[0];
    const inner = byOwnBranch({ dy, h, alpha, oneHot }, { slope });
    const byAlpha = (): tf.Tensor => mixExpertsWeightGradient({ dy, h }, { layout: 'rows' });
    if (branches > DENSE_UP_TO && tf.getBackend() === 'wasm') {
      return {
        x: () => routedInputGradient({ dy: inner, weight, route: oneHot }, { combine: 'none' }),
        weight: () => routedWeightGradient({ x, dy: inner, route: oneHot }),
        bias: () => sumByRoute(inner, oneHot),
        alpha: byAlpha,
      };
    }
    /** Row b's vector in the place of its own branch, zeros elsewhere `[B, N k]`. */
    const spread = (y: tf.Tensor, k: number): tf.Tensor =>
      tf.reshape(tf.mul(tf.expandDims(oneHot, 2), tf.expandDims(y, 1)), [rows, branches * k]);
    return {
      x: () => {
        const stacked = tf.reshape(tf.transpose(weight, [0, 2, 1]), [branches * width, input]);
        return product(spread(inner, width), stacked, false, false);
      },
      weight: () => tf.reshape(product(spread(x, input), inner, true, false), [branches, input, width]),
      bias: () => product(oneHot, inner, true, false),
      alpha: byAlpha,
    };
  },
});

export interface MixtureOwnGradientInputs {
  /** `[B, in]` */
  readonly x: tf.Tensor2D;
  /** `[N, in, w]` */
  readonly weight: tf.Tensor3D;
  /** `[N, w]` */
  readonly bias: tf.Tensor2D;
  /** `[B, N]` */
  readonly alpha: tf.Tensor2D;
  /** Which branch is a row's own `[B, N]`. */
  readonly oneHot: tf.Tensor2D;
  readonly slope: number;
}

/**
 * `Σ_n alpha_n LeakyReLU(x W_n + b_n)`, `[B, w]`, where a row trains its own branch only: gradients through all other
 * branches are stopped. Written as one operation, because no gradient of `[B, N, w]` is then ever made.
 * @throws RangeError naming the shapes.
 */
export function mixtureOwnGradient({ slope, ...inputs }: MixtureOwnGradientInputs): tf.Tensor2D {
  return operation(inputs, { slope });
}
