/**
 * Scenario-aware co-attention (Eq 14–17): how relevant each behaviour h_j of any scenario is, judged by the behaviours
 * s_k of the current scenario and the candidate item i.
 *
 * The network over the concatenation [h_j, i, s_k] has one hidden layer, so its first product splits exactly into three:
 * one over behaviours, one over the item, one over own behaviours. No `[B, L, L_own, 3 in]` tensor is made.
 */
import * as tf from '@tensorflow/tfjs-core';
import { leakyRelu, maskedSoftmax, matMul, maxLast, additiveAttentionScores } from '../../../engine';
import type { VariableFactory } from '../../../engine';

export type CoAttentionKind = 'co' | 'target' | 'mean' | 'none';

export interface CoAttentionInputs {
  /** Behaviours over all scenarios `[B, L, in]` (masked) and their mask `[B, L]`. */
  readonly history: tf.Tensor3D;
  readonly historyMask: tf.Tensor2D;
  /** Behaviours in the current scenario `[B, L_own, item]` (masked) and their mask `[B, L_own]`. */
  readonly own: tf.Tensor3D;
  readonly ownMask: tf.Tensor2D;
  /** Candidate item `[B, item]`. */
  readonly candidate: tf.Tensor2D;
}

export interface CoAttended {
  /** β of behaviours `[B, L]`: they sum to 1, or to 0 where the history is empty or `kind` is `none`. */
  readonly weight: tf.Tensor2D;
  /** C with absent own behaviours far below the others `[B, L, L_own]`; for `co` only. */
  readonly relevance?: tf.Tensor3D;
}

export type CoAttention = (inputs: CoAttentionInputs) => CoAttended;

/**
 * @param widths of a behaviour over all scenarios, of an item, and of the hidden layer
 */
export function createCoAttention(
  variables: VariableFactory,
  kind: CoAttentionKind,
  widths: { readonly history: number; readonly item: number; readonly hidden: number },
): CoAttention {
  if (kind === 'none') return ({ historyMask }) => ({ weight: tf.zerosLike(historyMask) });
  if (kind === 'mean') {
    return ({ historyMask }) => ({
      weight: tf.div(historyMask, tf.maximum(tf.sum(historyMask, 1, true), 1)),
    });
  }
  const { hidden } = widths;
  const fan = widths.history + widths.item * (kind === 'co' ? 2 : 1);
  const part = (of: string, width: number) =>
    variables.parameter(
      `attention.${of}.weight`,
      'weight',
      [width, hidden],
      variables.glorot(`attention.${of}.weight`, [width, hidden], fan, hidden),
    );
  const ofHistory = part('history', widths.history);
  const ofItem = part('item', widths.item);
  const ofOwn = kind === 'co' ? part('own', widths.item) : null;
  const bias = variables.parameter('attention.bias', 'bias', [hidden], new Float32Array(hidden));
  const output = variables.parameter(
    'attention.output.weight',
    'weight',
    [hidden, 1],
    variables.glorot('attention.output.weight', [hidden, 1], hidden, 1),
  );

  return ({ history, historyMask, own, ownMask, candidate }) => {
    const [batch, length, width] = history.shape;
    const flat: tf.Tensor2D = tf.reshape(history, [batch * length, width]);
    const a: tf.Tensor3D = tf.reshape(matMul(flat, ofHistory.tensor), [batch, length, hidden]);
    const item = tf.add(matMul(candidate, ofItem.tensor), bias.tensor);
    if (!ofOwn) {
      const active = leakyRelu(tf.add(a, tf.expandDims(item, 1)), 0);
      const scores = matMul(tf.reshape(active, [batch * length, hidden]), output.tensor);
      return { weight: maskedSoftmax(tf.reshape(scores, [batch, length]), historyMask) };
    }
    const ownLength = own.shape[1];
    const flatOwn: tf.Tensor2D = tf.reshape(own, [batch * ownLength, widths.item]);
    const ownPart = tf.reshape(matMul(flatOwn, ofOwn.tensor), [batch, ownLength, hidden]);
    const pair: tf.Tensor3D = tf.add(ownPart, tf.expandDims(item, 1));
    const scores = additiveAttentionScores(a, pair, output.tensor);
    const barred = tf.mul(tf.sub(withStandIn(ownMask), 1), 1e9);
    const relevance: tf.Tensor3D = tf.add(scores, tf.expandDims(barred, 1));
    return { weight: maskedSoftmax(maxLast<tf.Tensor2D>(relevance), historyMask), relevance };
  };
}

/**
 * A row without behaviours in the current scenario keeps slot 0 (an embedding of zeros) for the co-attention, which then
 * is plain target attention over (h_j, i).
 */
function withStandIn(mask: tf.Tensor2D): tf.Tensor2D {
  const [batch, length] = mask.shape;
  const empty: tf.Tensor2D = tf.sub(1, tf.minimum(tf.sum(mask, 1, true), 1));
  const first = tf.pad(empty, [
    [0, 0],
    [0, length - 1],
  ]);
  return tf.reshape(tf.add(mask, first), [batch, length]);
}
