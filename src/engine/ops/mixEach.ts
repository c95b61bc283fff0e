import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import { mixEachForward, mixEachInputGradient, mixEachWeightGradient } from '../kernels/mixEach';

const operation = defineOperation<'h' | 'weights'>({
  name: 'EngineMixEach',
  saveInputs: ['h', 'weights'],
  forward: (inputs, attributes) => mixEachForward(inputs, attributes)[0]!,
  gradient: ([dy], [h, weights], attributes) => ({
    h: () => mixEachInputGradient({ dy: dy!, weights: weights! }, attributes)[0]!,
    weights: () => mixEachWeightGradient({ dy: dy!, h: h! }, attributes)[0]!,
  }),
});

/**
 * Mixes one stack many times, row by row: `out[m, b] = Σ_i weights[b, m, i] · h[i, b]`, `h [I, B, w]`, `weights [B, M, I]`, to
 * `[M, B, w]`. One layer of experts feeds the next through it. @throws RangeError naming the shapes.
 */
export function mixEach(h: tf.Tensor3D, weights: tf.Tensor3D): tf.Tensor3D {
  if (
    h.rank !== 3 ||
    weights.rank !== 3 ||
    h.shape[1] !== weights.shape[0] ||
    h.shape[0] !== weights.shape[2]
  ) {
    throw new RangeError(
      `mixEach got [${h.shape.join(', ')}] and [${weights.shape.join(', ')}]; it needs [I, B, w] and [B, M, I].`,
    );
  }
  return operation({ h, weights }, {}) as tf.Tensor3D;
}
