import * as tf from '@tensorflow/tfjs-core';
import { as2, testOperation } from '../../testing/operation';
import { testAgainstPyTorch } from '../../testing/pytorch';
import { bceLogitsGradient, bceWithLogits, bceWithProbability } from '.';

testAgainstPyTorch({
  bceWithLogits: ({ logit, label, weight }) => bceWithLogits(as2(logit), as2(label), as2(weight)),
  bceWithProbability: ({ probability, label, weight }) =>
    bceWithProbability(as2(probability), as2(label), as2(weight)),
});

const label = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 1, 1], [5, 1]);
const weight = (): tf.Tensor2D => tf.tensor2d([1, 1, 0, 1, 0.5], [5, 1]);

testOperation({
  'gradient by the logits': {
    ours: (z) => bceLogitsGradient(as2(z), label(), weight()),
    spelled: (z) => tf.mul(weight(), tf.sub(tf.sigmoid(z), label())),
    shapes: [[5, 1]],
  },
});
