import * as tf from '@tensorflow/tfjs-core';
import { backLayer, backLayerScale } from '../kernels/backLayer';

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
 */
export function normActivationBackward(delta: tf.Tensor3D, layer: NormActivation): tf.Tensor3D {
  const { preActivation: u, slope, mask, norm } = layer;
  const [outer, , width] = delta.shape;
  const kept = mask ? { mask } : {};
  if (!norm) {
    const run = tf.customGrad<tf.Tensor3D>((...given) => {
      const [d, save] = given as [tf.Tensor3D, tf.GradSaveFunc];
      save(mask ? [u, mask] : [u]);
      return {
        value: backLayer({ delta: d, u, ...kept }, { slope }) as tf.Tensor3D,
        gradFunc: (dy: tf.Tensor3D, [savedU, savedMask]: tf.Tensor[]) =>
          backLayer({ delta: dy, u: savedU!, ...(savedMask && { mask: savedMask }) }, { slope }),
      };
    });
    return run(delta);
  }
  const { variance } = norm;
  const run = tf.customGrad<tf.Tensor3D>((...given) => {
    const [d, gamma, save] = given as [tf.Tensor3D, tf.Tensor, tf.GradSaveFunc];
    save(mask ? [d, u, gamma, variance, mask] : [d, u, gamma, variance]);
    const gradFunc = (dy: tf.Tensor3D, saved: tf.Tensor[]): tf.Tensor[] => {
      const [before, savedU, scale, spread, savedMask] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor?,
      ];
      const rest = { u: savedU, variance: spread, ...(savedMask && { mask: savedMask }) };
      return [
        backLayer({ delta: dy, gamma: scale, ...rest }, { slope }),
        tf.reshape(backLayerScale({ dy, delta: before, ...rest }, { slope }), scale.shape),
      ];
    };
    const value = backLayer({ delta: d, u, gamma, variance, ...kept }, { slope });
    return { value: value as tf.Tensor3D, gradFunc };
  });
  return run(delta, tf.reshape(norm.gamma, [outer, 1, width]));
}
