import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import {
  routedAffineForward,
  routedAffineInputGradient,
  routedAffineScaleGradients,
} from '../kernels/routedAffine';

const operation = defineOperation<'x' | 'scale' | 'shift' | 'route'>({
  name: 'EngineRoutedAffine',
  saveInputs: ['x', 'scale', 'route'],
  forward: (inputs) => routedAffineForward(inputs, {})[0]!,
  gradient: ([dy], [x, scale, route]) => {
    const [dScale, dShift] = routedAffineScaleGradients({ dy: dy!, x: x!, route: route! }, {});
    return {
      x: () => routedAffineInputGradient({ dy: dy!, scale: scale!, route: route! }, {})[0]!,
      scale: () => tf.clone(dScale!),
      shift: () => tf.clone(dShift!),
      route: () => {
        throw new Error('The route of routedAffine is a constant; no gradient reaches it.');
      },
    };
  },
});

/**
 * Each row scaled and shifted as its route says: `x[b] ⊙ Σ_n route[b, n] scale[n] + Σ_n route[b, n] shift[n]`, `x [B, w]`,
 * `scale` and `shift` `[N, w]`, one-hot (or shares) `route [B, N]`, to `[B, w]`. The route is a constant: no gradient
 * reaches it. @throws RangeError naming the shapes.
 */
export function routedAffine(
  x: tf.Tensor2D,
  scale: tf.Tensor2D,
  shift: tf.Tensor2D,
  route: tf.Tensor2D,
): tf.Tensor2D {
  const [batch, width] = x.shape;
  const [rows, routes] = route.shape;
  const fits = [scale, shift].every((each) => each.shape[0] === routes && each.shape[1] === width);
  if (rows !== batch || !fits) {
    const shapes = [x, scale, shift, route].map((each) => `[${each.shape.join(', ')}]`);
    throw new RangeError(
      `routedAffine got ${shapes.join(', ')}; it needs [B, w], [N, w], [N, w] and [B, N].`,
    );
  }
  return operation({ x, scale, shift, route }, {}) as tf.Tensor2D;
}
