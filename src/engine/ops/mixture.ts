import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { mixForward, mixInputGradient, mixWeightGradient } from '../kernels/mixture';
import type { Layout } from '../kernels/linear';

const mixOperation = defineOperation<'h' | 'weights', { readonly layout: Layout }>({
  name: 'EngineMix',
  saveInputs: ['h', 'weights'],
  forward: (inputs, attributes) => mixForward(inputs, attributes)[0]!,
  gradient: ([dy], [h, weights], attributes) => ({
    h: () => mixInputGradient({ dy: dy!, weights: weights! }, attributes)[0]!,
    weights: () => mixWeightGradient({ dy: dy!, h: h! }, attributes)[0]!,
  }),
});

/**
 * Mixes N vectors a row: `sum_n weights[:, n] * h[:, n, :]`, `h [B, N, out]`, `weights [B, N]`, to `[B, out]`.
 * With a one-hot it selects; with a gate it mixes. Gradients reach both. @throws RangeError naming the shapes.
 */
export function mixExperts(h: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  if (
    h.rank !== 3 ||
    weights.rank !== 2 ||
    h.shape[0] !== weights.shape[0] ||
    h.shape[1] !== weights.shape[1]
  ) {
    throw new RangeError(
      `mixExperts got [${h.shape.join(', ')}] and [${weights.shape.join(', ')}]; it needs [B, N, out] and [B, N].`,
    );
  }
  return mixOperation({ h, weights }, { layout: 'rows' }) as tf.Tensor2D;
}

/** The same for a stack: `h [N, B, out]`, `weights [B, N]`, to `[B, out]`. @throws RangeError naming the shapes. */
export function mixExpertsStacked(h: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  if (
    h.rank !== 3 ||
    weights.rank !== 2 ||
    h.shape[1] !== weights.shape[0] ||
    h.shape[0] !== weights.shape[1]
  ) {
    throw new RangeError(
      `mixExpertsStacked got [${h.shape.join(', ')}] and [${weights.shape.join(', ')}]; it needs [N, B, out] and [B, N].`,
    );
  }
  return mixOperation({ h, weights }, { layout: 'stack' }) as tf.Tensor2D;
}

/**
 * Mixes one stack many times, row by row: `out[m, b] = Σ_i weights[b, m, i] · h[i, b]`, `h [I, B, w]`, `weights [B, M, I]`, to
 * `[M, B, w]`. One layer of experts feeds the next through it. @throws RangeError naming the shapes.
 */
export function mixExpertsMultiGate(h: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  if (
    h.rank !== 3 ||
    weights.rank !== 3 ||
    h.shape[1] !== weights.shape[0] ||
    h.shape[0] !== weights.shape[2]
  ) {
    throw new RangeError(
      `mixExpertsMultiGate got [${h.shape.join(', ')}] and [${weights.shape.join(', ')}]; it needs [I, B, w] and [B, M, I].`,
    );
  }
  return mixOperation({ h, weights }, { layout: 'stack' }) as tf.Tensor3D;
}
