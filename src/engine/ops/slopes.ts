import * as tf from '@tensorflow/tfjs-core';
import { bceSlope, bceSlopeGradient, missDirection, missDirectionGradient } from '../kernels/slopes';

/**
 * Slope of the cross-entropy of a click by its logit, row by row: `weight (sigmoid(z) - y)`, all `[B, 1]`. Differentiable by
 * the logit.
 */
export function bceLogitsGradient(logit: tf.Tensor2D, label: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [z, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
    save([z, weight]);
    return {
      value: bceSlope({ logit: z, label, weight }, {}) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [saved, w]: tf.Tensor[]) =>
        bceSlopeGradient({ dy, logit: saved!, weight: w! }, {}),
    };
  });
  return run(logit);
}

/**
 * Direction of the cross-entropy's gradient by its logits, row by row: `softmax(z) - oneHot`, divided by its length,
 * `[B, N]`. Differentiable by the logits.
 *
 * @param floor joins the squared length, so that a row without any miss gives zeros.
 */
export function normalizedSoftmaxError(logits: tf.Tensor2D, oneHot: tf.Tensor2D, floor: number): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [z, save] = given as [tf.Tensor2D, tf.GradSaveFunc];
    save([z, oneHot]);
    return {
      value: missDirection({ logits: z, oneHot }, { floor }) as tf.Tensor2D,
      gradFunc: (dy: tf.Tensor2D, [saved, o]: tf.Tensor[]) =>
        missDirectionGradient({ dy, logits: saved!, oneHot: o! }, { floor }),
    };
  });
  return run(logits);
}
