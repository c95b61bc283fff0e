import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { rowDotsForward, rowDotsInputGradient, rowDotsWeightGradient } from '../kernels/rowDots';

const shared = defineOperation<'x' | 'weight' | 'bias'>({
  name: 'EngineRowDots',
  saveInputs: ['x', 'weight', 'bias'],
  forward: (inputs) => rowDotsForward(inputs, {})[0]!,
  gradient: ([dy], [x, weight, bias]) => gradients(dy!, x!, weight!, bias!),
});

const routed = defineOperation<'x' | 'weight' | 'bias' | 'route'>({
  name: 'EngineRowDotsRouted',
  saveInputs: ['x', 'weight', 'bias', 'route'],
  forward: (inputs) => rowDotsForward(inputs, {})[0]!,
  gradient: ([dy], [x, weight, bias, route]) => ({
    ...gradients(dy!, x!, weight!, bias!, route),
    route: () => {
      throw new Error('The route of expertLogits is a constant; no gradient reaches it.');
    },
  }),
});

function gradients(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, route?: tf.Tensor) {
  const own = route ? { route } : {};
  const [dWeight, dBias] = rowDotsWeightGradient({ dy, x, ...own }, {});
  return {
    x: () => rowDotsInputGradient({ dy, weight, ...own }, { width: x.shape[2]! })[0]!,
    weight: () => tf.reshape(dWeight!, weight.shape),
    bias: () => tf.reshape(dBias!, bias.shape),
  };
}

/**
 * Heads of one output each: `out[b, e] = Σ_n route[b, n] (x[b, e, :] · weight[n, e, :] + bias[n, e])`, `x [B, E, w]`, `weight`
 * of `N E w` values, `bias` of `N E`, one-hot (or shares) `route [B, N]`, to `[B, E]`. With `route` null there is one head an
 * expert for all rows, N = 1. The route is a constant: no gradient reaches it. @throws RangeError naming the shapes.
 */
export function expertLogits(
  x: tf.Tensor3D,
  weight: tf.Tensor,
  bias: tf.Tensor,
  route: tf.Tensor2D | null,
): tf.Tensor2D {
  const [batch, count, width] = x.shape;
  const routes = route ? route.shape[1] : 1;
  const fits = weight.size === routes * count * width && bias.size === routes * count;
  if (x.rank !== 3 || !fits || (route && route.shape[0] !== batch)) {
    const shapes = [x, weight, bias, ...(route ? [route] : [])].map((each) => `[${each.shape.join(', ')}]`);
    throw new RangeError(
      `expertLogits got ${shapes.join(', ')}; it needs [B, E, w], [N, E * w], [N, E] and [B, N] or null for N = 1.`,
    );
  }
  return (route ? routed({ x, weight, bias, route }, {}) : shared({ x, weight, bias }, {})) as tf.Tensor2D;
}
