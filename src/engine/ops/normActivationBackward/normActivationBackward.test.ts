import * as tf from '@tensorflow/tfjs-core';
import { as3, testOperation, values, type OperationCase } from '../../testing/operation';
import { normActivationBackward } from '.';

const u = (): tf.Tensor3D => values<tf.Rank.R3>([2, 5, 6], 3);
const dropped = (): tf.Tensor3D => values<tf.Rank.R3>([2, 5, 6], 4);
const spread = (): tf.Tensor => tf.abs(values<tf.Rank.R3>([2, 1, 6], 5));

function layer(mask: boolean, norm: boolean): OperationCase {
  return {
    ours: (delta, gamma) =>
      normActivationBackward(as3(delta), {
        preActivation: u(),
        slope: 0.2,
        mask: mask ? dropped() : null,
        norm: norm ? { gamma: gamma, variance: spread() } : null,
      }),
    spelled: (delta, gamma) => {
      let y = tf.mul(delta, tf.step(u(), 0.2));
      if (mask) y = tf.mul(y, dropped());
      return norm ? tf.mul(tf.mul(y, gamma), tf.rsqrt(tf.add(spread(), 1e-5))) : y;
    },
    shapes: norm
      ? [
          [2, 5, 6],
          [2, 1, 6],
        ]
      : [[2, 5, 6]],
  };
}

testOperation({
  'an activation': layer(false, false),
  'an activation with dropout': layer(true, false),
  'normalisation and activation': layer(false, true),
  'normalisation, activation and dropout': layer(true, true),
});
