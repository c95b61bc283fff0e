import * as tf from '@tensorflow/tfjs-core';
import { deferFold, deferMean } from '../../backends/webgpu/deferred/values';
import { defineOperation } from '../../operation/defineOperation';

const total = (weight: Float32Array): number => {
  let sum = 0;
  for (let b = 0; b < weight.length; b++) sum += weight[b]!;
  return Math.max(sum, 1);
};

/** Sum of the weights, for the device: in each row's own loop it would be the batch's square. */
const sumOfWeights = defineOperation({
  name: 'sumOfWeights',
  shapes: 'weight: B,1 -> 1',
  loop: {
    host: ({ weight }, out) => {
      out[0] = total(weight);
    },
    deferred: ({ weight }, { B }) => deferFold('sum', weight, [1], [1, B, 1]),
  },
});

/** `dy weight / max(sum(weight), 1)`. */
const byValues = defineOperation({
  name: 'weightedMeanGradient',
  shapes: 'dy: 1; weight: B,1; whole?: 1 -> B,1',
  loop: {
    host: ({ dy, weight }, out) => {
      const scale = dy[0]! / total(weight);
      for (let b = 0; b < out.length; b++) out[b] = scale * weight[b]!;
    },
    device: () => 'result[index] = dy[0] * weight[index] / max(whole[0], 1.0);',
  },
});

const operation = defineOperation({
  name: 'weightedMean',
  shapes: 'q: B,1; weight: B,1; whole?: 1 -> 1',
  loop: {
    host: ({ q, weight }, out) => {
      let sum = 0;
      for (let b = 0; b < q.length; b++) sum += q[b]! * weight[b]!;
      out[0] = sum / total(weight);
    },
    deferred: ({ q, weight }, { B }) => deferMean(q, weight, B),
  },
  save: ['weight', 'whole'],
  constants: ['weight', 'whole'],
  gradient: ({ dy, weight, whole }) => ({ q: () => byValues({ dy, weight, whole }) }),
});

/**
 * Weighted mean over rows: `sum(weight * q) / max(sum(weight), 1)`; `q`, `weight` `[B, 1]`, to a scalar. No gradient reaches
 * the weights. @throws RangeError naming the shapes.
 */
export function weightedMean(q: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  const whole = tf.getBackend() === 'webgpu' ? sumOfWeights({ weight }) : null;
  return tf.reshape(operation({ q, weight, whole }), []);
}
