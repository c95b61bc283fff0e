/**
 * Scenario encoders of M-scan: from the user's behaviours in the current scenario to one state (paper, Section 3.1).
 * The paper uses a GRU (Eq 4) and names attention as another choice; the plain mean is the simplest.
 */
import * as tf from '@tensorflow/tfjs-core';
import { gru, leakyRelu, matMul, maskedSoftmax, mixExperts } from '../../../engine';
import type { VariableFactory } from '../../../engine';
import { meanOverSequence } from '../../layers';

export interface Encoder {
  /** Behaviours `[B, L, in]` (masked), their mask `[B, L]`, candidate item `[B, in]`, to a state `[B, in]`. */
  apply(items: tf.Tensor3D, mask: tf.Tensor2D, candidate: tf.Tensor2D): tf.Tensor2D;
}

export type EncoderKind = 'gru' | 'attention' | 'mean';

/** Scenario encoder (Eq 4 for `gru`): behaviours in the current scenario to one state. @param width of an item's history fields */
export function createEncoder(
  variables: VariableFactory,
  kind: EncoderKind,
  width: number,
  attentionHidden: number,
): Encoder {
  switch (kind) {
    case 'gru':
      return createGru(variables, width);
    case 'attention':
      return createAttention(variables, width, attentionHidden);
    case 'mean':
      return { apply: (items, mask) => meanOverSequence(items, mask) };
    default:
      return kind satisfies never;
  }
}

/** Columns of the three blocks (update z, reset r, candidate h) side by side. */
function blocks(parts: readonly Float32Array[], rows: number, width: number): Float32Array {
  const joined = new Float32Array(rows * width * parts.length);
  parts.forEach((part, block) => {
    for (let row = 0; row < rows; row++) {
      joined.set(part.subarray(row * width, (row + 1) * width), (row * parts.length + block) * width);
    }
  });
  return joined;
}

function createGru(variables: VariableFactory, width: number): Encoder {
  const shape = [width, 3 * width] as const;
  const gates = ['update', 'reset', 'candidate'];
  const name = (part: string, gate: string) => `encoder.${part}.weight.${gate}`;
  const input = variables.parameter(
    'encoder.input.weight',
    'weight',
    shape,
    blocks(
      gates.map((gate) => variables.glorot(name('input', gate), [width, width], width, width)),
      width,
      width,
    ),
  );
  const bias = variables.parameter('encoder.input.bias', 'bias', [3 * width], new Float32Array(3 * width));
  const state = variables.parameter(
    'encoder.state.weight',
    'weight',
    shape,
    blocks(
      gates.map((gate) => variables.orthogonal(name('state', gate), width, width)),
      width,
      width,
    ),
  );
  return {
    apply(items, mask) {
      const [batch, length] = items.shape;
      const flat: tf.Tensor2D = tf.reshape(items, [batch * length, width]);
      const projected = tf.add(matMul(flat, input.tensor), bias.tensor);
      return gru(tf.reshape(projected, [batch, length, 3 * width]), state.tensor, mask);
    },
  };
}

function createAttention(variables: VariableFactory, width: number, hidden: number): Encoder {
  const part = (of: string) =>
    variables.parameter(
      `encoder.${of}.weight`,
      'weight',
      [width, hidden],
      variables.glorot(`encoder.${of}.weight`, [width, hidden], 2 * width, hidden),
    );
  const own = part('own');
  const item = part('item');
  const bias = variables.parameter('encoder.bias', 'bias', [hidden], new Float32Array(hidden));
  const output = variables.parameter(
    'encoder.output.weight',
    'weight',
    [hidden, 1],
    variables.glorot('encoder.output.weight', [hidden, 1], hidden, 1),
  );
  return {
    apply(items, mask, candidate) {
      const [batch, length] = items.shape;
      const flat: tf.Tensor2D = tf.reshape(items, [batch * length, width]);
      const ofOwn = tf.reshape(matMul(flat, own.tensor), [batch, length, hidden]);
      const ofItem = tf.expandDims(matMul(candidate, item.tensor), 1);
      const active = leakyRelu(tf.add(tf.add(ofOwn, ofItem), bias.tensor), 0);
      const scores = matMul(tf.reshape(active, [batch * length, hidden]), output.tensor);
      const weight = maskedSoftmax<tf.Tensor2D>(tf.reshape(scores, [batch, length]), mask);
      return mixExperts(items, weight);
    },
  };
}
