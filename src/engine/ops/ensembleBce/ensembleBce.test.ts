import * as tf from '@tensorflow/tfjs-core';
import { testOperation } from '../../testing/operation';
import { AVERAGE_EPSILON, ensembleBce } from '.';

/** Active members of five rows of three: two, one, all, two, one. */
const active = (): tf.Tensor2D => tf.tensor2d([1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1], [5, 3]);
const label = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 1, 1], [5, 1]);
/** The last row is padding. */
const weight = (): tf.Tensor2D => tf.tensor2d([1, 1, 1, 1, 0], [5, 1]);

function read(z: tf.Tensor2D) {
  const share: tf.Tensor2D = tf.div(active(), tf.sum(active(), 1, true));
  const sigmoid = tf.sigmoid(z);
  const probability = tf.sum<tf.Tensor2D>(tf.mul(share, sigmoid), 1, true);
  const logRest: tf.Tensor2D = tf.log(tf.sub(1 + AVERAGE_EPSILON, probability));
  const logit: tf.Tensor2D = tf.sub(tf.log(tf.add(probability, AVERAGE_EPSILON)), logRest);
  return { share, sigmoid, probability, logRest, logit };
}

const losses = (z: tf.Tensor2D, members: 'sum' | 'mean'): tf.Tensor => {
  const parts = read(z);
  const perMember = members === 'sum' ? active() : parts.share;
  return ensembleBce({ z, ...parts, perMember, label: label(), weight: weight() });
};

/** Eq 6 and Eq 8 of AREAD, as they stand. */
function spelled(z: tf.Tensor2D, members: 'sum' | 'mean'): tf.Tensor {
  const { share, sigmoid, probability } = read(z);
  const bce = (p: tf.Tensor): tf.Tensor =>
    tf.neg(
      tf.add(
        tf.mul(label(), tf.log(tf.add(p, AVERAGE_EPSILON))),
        tf.mul(tf.sub(1, label()), tf.log(tf.sub(1 + AVERAGE_EPSILON, p))),
      ),
    );
  const each = tf.sum(tf.mul(members === 'sum' ? active() : share, bce(sigmoid)), 1, true);
  const mean = (x: tf.Tensor): tf.Tensor => tf.div(tf.sum(tf.mul(x, weight())), tf.sum(weight()));
  return tf.reshape(tf.stack([mean(bce(probability)), mean(each)]), [1, 2]);
}

testOperation(
  Object.fromEntries(
    (['sum', 'mean'] as const).map((members) => [
      `ensembleBce, the members’ ${members}`,
      {
        ours: (z: tf.Tensor) => losses(z as tf.Tensor2D, members),
        spelled: (z: tf.Tensor) => spelled(z as tf.Tensor2D, members),
        shapes: [[5, 3]],
        tolerance: 1e-5,
      },
    ]),
  ),
);
