/** The official code's additions to every head: a three-layer cross network and a shared linear logit. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import type { VariableFactory } from '../../../engine';
import { createLinear, type Linear } from '../../layers';

interface OfficialHead {
  /** `[B, width]` to what is added to the heads' logits `[B, N_L]`. */
  apply(features: tf.Tensor2D): tf.Tensor2D;
}

export function createOfficialHead(
  variables: VariableFactory,
  width: number,
  heads: number,
  bias: number,
): OfficialHead {
  const layers: Linear[] = [];
  const shifts = [0, 1, 2].map((k) => {
    layers.push(createLinear(variables, `cross.${k}`, { input: width, output: 1, bias: null }));
    return variables.parameter(`cross.${k}.bias`, 'bias', [width], new Float32Array(width));
  });
  const crossWeight = variables.parameter(
    'head.crossWeight',
    'weight',
    [width, heads],
    variables.glorot('head.crossWeight', [width, heads], width, 1),
  );
  const linear = createLinear(variables, 'linear', { input: width, output: 1, bias: Float32Array.of(bias) });
  return {
    apply(features) {
      let cross = features;
      layers.forEach((layer, k) => {
        cross = tf.add(tf.add(tf.mul(features, layer.apply(cross)), shifts[k]!.tensor), cross);
      });
      return tf.add(matMul(cross, crossWeight.tensor), linear.apply(features));
    },
  };
}
