import { defineOperation } from '../kernels/defineOperation';
import { pairForward, pairGradient, pairWeightGradient } from '../kernels/pairs';
import type * as tf from '@tensorflow/tfjs-core';

const scores = defineOperation<'a' | 'p' | 'v'>({
  name: 'EnginePairs',
  saveInputs: ['a', 'p', 'v'],
  forward: (inputs) => pairForward(inputs, {})[0]!,
  gradient: ([dy], saved) => {
    const [a, p, v] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      a: () => pairGradient({ dy: dy!, a, p, v }, { side: 'a' })[0]!,
      p: () => pairGradient({ dy: dy!, a, p, v }, { side: 'p' })[0]!,
      v: () => pairWeightGradient({ dy: dy!, a, p }, {})[0]!,
    };
  },
});

/**
 * Scores of all pairs of two sets by a network with one hidden layer whose input part is already split:
 * `sum_q relu(a[b, j, q] + p[b, k, q]) v[q]`. No `[B, J, K, q]` tensor is made, forwards or backwards.
 *
 * @param a `[B, J, q]`, @param p `[B, K, q]`, @param v `[q, 1]`
 * @returns `[B, J, K]`
 * @throws RangeError where rows or units differ
 */
export function additiveAttentionScores(a: tf.Tensor3D, p: tf.Tensor3D, v: tf.Tensor2D): tf.Tensor3D {
  if (a.shape[0] !== p.shape[0] || a.shape[2] !== p.shape[2] || v.shape[0] !== a.shape[2]) {
    throw new RangeError(
      `additiveAttentionScores got [${a.shape.join(', ')}], [${p.shape.join(', ')}] and [${v.shape.join(', ')}]; it needs [B, J, q], [B, K, q] and [q, 1].`,
    );
  }
  return scores({ a, p, v }, {}) as tf.Tensor3D;
}
