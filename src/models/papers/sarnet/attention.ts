/** Cross-scenario behaviour extract layer (Eq 5–7 and the alternatives of Table 4). */
import * as tf from '@tensorflow/tfjs-core';
import { concatWithProduct, dense, leakyRelu, maskedSoftmax, matMul } from '../../../engine';
import type { VariableFactory } from '../../../engine';

export type AttentionKind = 'none' | 'target' | 'scenario' | 'concatenate' | 'hierarchical' | 'sar';

export interface AttentionInputs {
  /** Items of behaviours `[B, L, i]`, their scenarios `[B, L, s]` or null, mask `[B, L]`; masked positions are 0. */
  readonly items: tf.Tensor3D;
  readonly scenarios: tf.Tensor3D | null;
  readonly mask: tf.Tensor2D;
  /** Candidate item `[B, i]` and current scenario `[B, s]`. */
  readonly targetItem: tf.Tensor2D;
  readonly targetScenario: tf.Tensor2D;
}

/** Weights of behaviours `[B, L]`, 0 where masked. The product of two attentions does not sum to 1 unless renormalised. */
export type BehaviourAttention = (inputs: AttentionInputs) => tf.Tensor2D;

/** Does this kind read the scenarios of behaviours? */
export function readsScenarios(kind: AttentionKind): boolean {
  return kind !== 'none' && kind !== 'target';
}

/**
 * Softmax over behaviours of ψ(x_k, y), a network with one hidden layer on [x, y, x − y, x ⊙ y]. The difference is a sum of
 * the first two products, so three weight matrices say the same; `y`'s product is made once a row.
 */
function createPsi(variables: VariableFactory, name: string, width: number, hidden: number) {
  const part = (of: string) =>
    variables.parameter(
      `${name}.${of}.weight`,
      'weight',
      [width, hidden],
      variables.glorot(`${name}.${of}.weight`, [width, hidden], 3 * width, hidden),
    );
  const behaviour = part('behaviour');
  const target = part('target');
  const product = part('product');
  const bias = variables.parameter(`${name}.bias`, 'bias', [hidden], new Float32Array(hidden));
  const output = variables.parameter(
    `${name}.output.weight`,
    'weight',
    [hidden, 1],
    variables.glorot(`${name}.output.weight`, [hidden, 1], hidden, 1),
  );
  return (x: tf.Tensor3D, y: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D => {
    const [batch, length] = mask.shape;
    // [x, x ⊙ y] times both weights in one product.
    const both = concatWithProduct(x, y);
    const weight = tf.concat2d([behaviour.tensor, product.tensor], 0);
    const ofBehaviour = matMul(tf.reshape(both, [batch * length, 2 * width]), weight);
    const ofTarget = dense(y, target.tensor, bias.tensor);
    const sum = tf.add(tf.reshape(ofBehaviour, [batch, length, hidden]), tf.expandDims(ofTarget, 1));
    const active: tf.Tensor2D = tf.reshape(leakyRelu(sum, 0), [batch * length, hidden]);
    const scores = matMul(active, output.tensor);
    return maskedSoftmax(tf.reshape<tf.Rank.R2>(scores, [batch, length]), mask);
  };
}

/** Weights `[B, L]` of the behaviours that are there (Eq 5–7, Table 4). @param renorm divides them by their sum */
export function createBehaviourAttention(
  variables: VariableFactory,
  kind: AttentionKind,
  widths: { readonly item: number; readonly scenario: number; readonly hidden: number },
  renorm: boolean,
): BehaviourAttention {
  const psi = (name: string, width: number) =>
    createPsi(variables, `attention.${name}`, width, widths.hidden);
  const byItem = kind === 'target' || kind === 'sar' ? psi('item', widths.item) : null;
  const byBoth =
    kind === 'concatenate' || kind === 'hierarchical' ? psi('both', widths.item + widths.scenario) : null;
  const byScenario =
    kind === 'scenario' || kind === 'sar' || kind === 'hierarchical'
      ? psi('scenario', widths.scenario)
      : null;

  return ({ items, scenarios, mask, targetItem, targetScenario }) => {
    if (kind === 'none') return tf.div(mask, tf.maximum(tf.sum(mask, 1, true), 1));
    const factors: tf.Tensor2D[] = [];
    if (byItem) factors.push(byItem(items, targetItem, mask));
    if (byBoth) {
      const key: tf.Tensor3D = tf.concat([items, scenarios!], 2);
      factors.push(byBoth(key, tf.concat([targetItem, targetScenario], 1), mask));
    }
    if (byScenario) factors.push(byScenario(scenarios!, targetScenario, mask));
    if (factors.length === 1) return factors[0]!;
    const weight: tf.Tensor2D = tf.mul(factors[0]!, factors[1]!);
    if (!renorm) return weight;
    // An empty history has no weight to divide by and stays 0.
    const sum = tf.sum(weight, 1, true);
    return tf.div(weight, tf.add(sum, tf.sub(1, tf.minimum(tf.sum(mask, 1, true), 1))));
  };
}
