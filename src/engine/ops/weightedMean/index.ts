import * as tf from '@tensorflow/tfjs-core';
import { deferMean } from '../../backends/webgpu/deferred/values';
import { defineOperation } from '../../operation/defineOperation';

const total = (weight: Float32Array): number => {
  let sum = 0;
  for (let b = 0; b < weight.length; b++) sum += weight[b]!;
  return Math.max(sum, 1);
};

/** `dy weight / max(sum(weight), 1)`. */
const byValues = defineOperation({
  name: 'weightedMeanGradient',
  shapes: 'dy: 1; weight: B,1 -> B,1',
  loop: {
    host: ({ dy, weight }, out) => {
      const scale = dy[0]! / total(weight);
      for (let b = 0; b < out.length; b++) out[b] = scale * weight[b]!;
    },
    reads: ({ B }) => B,
    device: () => `
      var whole = 0.0;
      for (var b = 0; b < uniforms.B; b = b + 1) { whole = whole + weight[b]; }
      result[index] = dy[0] * weight[index] / max(whole, 1.0);`,
  },
});

const operation = defineOperation({
  name: 'weightedMean',
  shapes: 'q: B,1; weight: B,1 -> 1',
  loop: {
    host: ({ q, weight }, out) => {
      let sum = 0;
      for (let b = 0; b < q.length; b++) sum += q[b]! * weight[b]!;
      out[0] = sum / total(weight);
    },
    deferred: ({ q, weight }, { B }) => deferMean(q, weight, B),
  },
  save: ['weight'],
  constants: ['weight'],
  gradient: ({ dy, weight }) => ({ q: () => byValues({ dy, weight }) }),
});

/**
 * Weighted mean over rows: `sum(weight * q) / max(sum(weight), 1)`; `q`, `weight` `[B, 1]`, to a scalar. No gradient reaches
 * the weights. @throws RangeError naming the shapes.
 */
export function weightedMean(q: tf.Tensor2D, weight: tf.Tensor2D): tf.Scalar {
  return tf.reshape(operation({ q, weight }), []);
}
