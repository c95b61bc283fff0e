import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { routedForward, routedInputGradient, routedWeightGradient } from '../kernels/routed';

const routed = defineOperation<'x' | 'weight' | 'route', object, 'bias'>({
  name: 'EngineRoutedDense',
  saveInputs: ['x', 'weight', 'route'],
  forward: (inputs) => routedForward(inputs, {})[0]!,
  gradient: ([dy], [x, weight, route]) => ({
    x: () => routedInputGradient({ dy: dy!, weight: weight!, route: route! }, {})[0]!,
    weight: () => routedWeightGradient({ x: x!, dy: dy!, route: route! }, {})[0]!,
    bias: () => tf.matMul(route!, dy!, true, false),
    route: () => {
      throw new Error('The route of routedDense is a constant; mix with mixExperts where gates are trained.');
    },
  }),
});

/**
 * Each row through the layers that its route names: `sum_n route[b, n] (x[b] weight[n] + bias[n])`.
 *
 * `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, `route [B, N]` (a one-hot, or few non-zeros a row: only those
 * products are computed), to `[B, out]`. The route is a constant: no gradient reaches it. @throws RangeError naming shapes.
 */
export function routedDense(
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
  route: tf.Tensor2D,
): tf.Tensor2D {
  const [batch, count] = route.shape;
  const fits = x.shape[0] === batch && weight.shape[0] === count && x.shape[1] === weight.shape[1];
  if (!fits || (bias && bias.size !== count * weight.shape[2])) {
    const shapes = [x, weight, ...(bias ? [bias] : []), route].map((each) => `[${each.shape.join(', ')}]`);
    throw new RangeError(
      `routedDense got ${shapes.join(', ')}; it needs [B, in], [N, in, out], [N, out] or null and [B, N].`,
    );
  }
  return routed({ x, weight, route, ...(bias && { bias }) }, {}) as tf.Tensor2D;
}
