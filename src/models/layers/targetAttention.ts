/**
 * Target attention (Zhou et al., KDD 2018, Eq 3): how much each earlier item counts for the item that is scored. The weights are not
 * normalised by a softmax, so that a user of strong interests gives a stronger signal.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../engine';
import type { Inputs } from '../definition';
import type { AdaptiveMlp } from './adaptiveMlp';
import { repeatRows, type Makers, type RowInputs } from './makers';

/** What the user did before, and what is scored now. */
export interface Behaviours {
  /** Item fields of the row `[B, w]`. */
  readonly query: tf.Tensor2D;
  /** Item fields of earlier behaviours `[B, L, w]`, zero where there is none. */
  readonly items: tf.Tensor3D;
  /** 1 where there is a behaviour `[B, L]`. */
  readonly mask: tf.Tensor2D;
}

export interface TargetAttention {
  /** Each behaviour's weight `[B, L]`, 0 where there is none. */
  weights(behaviours: Behaviours, inputs: Inputs, mode: Mode): tf.Tensor2D;
}

export interface TargetAttentionOptions {
  /** w */
  readonly width: number;
  readonly hidden: readonly number[];
  /** The unit's hidden layers over `4 w` numbers, where they are more than a ReLU network. */
  readonly unit?: Pick<AdaptiveMlp, 'outputWidth' | 'apply'>;
}

/**
 * The unit reads `[query, item, query - item, query * item]`. Parameters `<name>.k.weight`, `<name>.k.bias`, `<name>.output.weight
 * [hidden, 1]`, `<name>.output.bias [1]`.
 */
export function createTargetAttention(
  make: Makers,
  name: string,
  { width, hidden, unit: given }: TargetAttentionOptions,
): TargetAttention {
  const unit = given ?? make.mlp(name, { input: 4 * width, widths: hidden, batchNorm: 'off', dropout: 0 });
  const output = make.linear(`${name}.output`, { input: unit.outputWidth, output: 1 });
  return {
    weights({ query, items, mask }, inputs, mode) {
      const [batch, length] = items.shape;
      const one = tf.reshape<tf.Rank.R3>(query, [batch, 1, width]);
      // Spread by a product: the gradient of a tile is one slice and one sum for every behaviour.
      const spread = tf.mul<tf.Tensor3D>(one, tf.ones([1, length, 1]));
      const apart = tf.sub<tf.Tensor3D>(spread, items);
      const product = tf.mul<tf.Tensor3D>(spread, items);
      const read = tf.reshape<tf.Rank.R2>(tf.concat([spread, items, apart, product], 2), [
        batch * length,
        4 * width,
      ]);
      const rows = whereBehaviours(repeatRows(inputs, length), mask);
      const scores = output.apply(unit.apply(read, rows, mode).output, rows);
      return tf.mul(tf.reshape<tf.Rank.R2>(scores, [batch, length]), mask);
    },
  };
}

/** Rows of behaviours, of which only those that are there count. */
function whereBehaviours(rows: RowInputs, mask: tf.Tensor2D): RowInputs {
  return {
    get scenarioOneHot() {
      return rows.scenarioOneHot;
    },
    get weight() {
      return tf.mul<tf.Tensor2D>(rows.weight, tf.reshape(mask, [mask.size, 1]));
    },
  };
}

/** Sum of behaviours by their weights: `items [B, L, k]`, `weights [B, L]`, to `[B, k]`. */
export function sumOverSequence(items: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor2D {
  return tf.sum(tf.mul(items, tf.expandDims(weights, 2)), 1);
}
