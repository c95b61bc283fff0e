/** What a baseline reads of a row: its fields, the scenario's or not, and the user's earlier items as further fields. */
import * as tf from '@tensorflow/tfjs-core';
import { split } from '../../engine';
import type { Mode } from '../../engine';
import type { DataShape, Inputs } from '../definition';
import { fieldIndices, historyOf, meanOverSequence, pickFields, pickFlat } from './fields';
import type { Makers } from './makers';
import { createTargetAttention, sumOverSequence, type Behaviours } from './targetAttention';

/** How earlier items are read: not at all, their mean, or a sum that the scored item weighs. */
export type HistoryReading = 'off' | 'mean' | 'attention';

export interface FieldReaderOptions {
  /** d; 0 where a value has nothing but its linear weight. */
  readonly dim: number;
  /** Whether the table's first column is each value's weight in a linear part. */
  readonly linear: boolean;
  readonly history: HistoryReading;
  readonly scenarioField: 'on' | 'off';
  /** Widths of the attention's unit. */
  readonly attentionHidden: readonly number[];
  /** Indices of the only fields that are read; all unless said. */
  readonly only?: readonly number[];
}

/** A batch as read: F' fields, the last of them the history's where it is read. */
export interface FieldsRead {
  /** `[B, F', d]` */
  readonly fields: tf.Tensor3D;
  /** The same side by side `[B, F' * d]`. */
  readonly flat: tf.Tensor2D;
  /** Each field's linear weight `[B, F']`. @throws RangeError where the table has none */
  readonly linear: tf.Tensor2D;
  /** Weight of each behaviour `[B, L]` where the history is read by attention. */
  readonly attention: tf.Tensor2D | null;
  /** Embeddings of the row's item fields and of earlier behaviours'. @throws RangeError where the batch has none */
  readonly behaviours: Behaviours;
}

export interface FieldReader {
  /** F' */
  readonly count: number;
  /** d */
  readonly dim: number;
  /** F' * d */
  readonly width: number;
  /** What each of the F' is called. */
  readonly names: readonly string[];
  read(inputs: Inputs, mode: Mode): FieldsRead;
}

/** Item fields of the row and of earlier behaviours, without linear weights: `[B, F_i * d]`, `[B, L, F_i * d]`. */
function behavioursOf(shape: DataShape, inputs: Inputs, linear: boolean): Behaviours {
  const { items, mask } = historyOf(inputs);
  const itemFields = shape.history?.itemFields ?? [];
  if (!linear) return { query: pickFlat(inputs.fields, itemFields), items, mask };
  const [batch, length, width] = items.shape;
  const each = width / itemFields.length;
  const vectors = (x: tf.Tensor3D, rows: number): tf.Tensor3D =>
    tf.slice(
      tf.reshape<tf.Rank.R3>(x, [rows, itemFields.length, each]),
      [0, 0, 1],
      [rows, itemFields.length, each - 1],
    );
  const flat = itemFields.length * (each - 1);
  return {
    query: tf.reshape(vectors(pickFields(inputs.fields, itemFields), batch), [batch, flat]),
    items: tf.reshape(vectors(items, batch * length), [batch, length, flat]),
    mask,
  };
}

/** Parameters `attention.*` (see `createTargetAttention`) where the history is read by attention; none else. */
export function createFieldReader(
  make: Makers,
  shape: DataShape,
  { dim, linear, history, scenarioField, attentionHidden, only }: FieldReaderOptions,
): FieldReader {
  const indices = fieldIndices(shape, scenarioField === 'on' ? {} : { exceptRoles: ['scenario'] }).filter(
    (index) => only?.includes(index) ?? true,
  );
  const behaviourFields = shape.history?.itemFields ?? [];
  const itemFields = behaviourFields.length;
  const count = indices.length + (history === 'off' ? 0 : itemFields);
  const columns = dim + (linear ? 1 : 0);
  const attention =
    history === 'attention'
      ? createTargetAttention(make, 'attention', { width: itemFields * dim, hidden: attentionHidden })
      : null;

  const nameOf = (index: number): string => shape.fields[index]!.name;
  return {
    count,
    dim,
    width: count * dim,
    names: [
      ...indices.map(nameOf),
      ...(history === 'off' ? [] : behaviourFields.map((index) => `earlier ${nameOf(index)}`)),
    ],
    read(inputs, mode) {
      const own = pickFields(inputs.fields, indices);
      const behaviours = (): Behaviours => behavioursOf(shape, inputs, linear);
      const weights = attention?.weights(behaviours(), inputs, mode) ?? null;
      let all = own;
      if (history !== 'off') {
        const { items, mask } = historyOf(inputs);
        const pooled = weights ? sumOverSequence(items, weights) : meanOverSequence(items, mask);
        all = tf.concat([own, tf.reshape<tf.Rank.R3>(pooled, [inputs.batch, itemFields, columns])], 1);
      }
      const parts = linear && dim > 0 ? split(all, [1, dim], 2) : [all, all];
      const fields = parts[1]!;
      return {
        fields,
        get flat() {
          return tf.reshape<tf.Rank.R2>(fields, [inputs.batch, count * dim]);
        },
        get linear() {
          if (!linear) throw new RangeError('This model’s embeddings hold no linear weights.');
          return tf.reshape<tf.Rank.R2>(parts[0]!, [inputs.batch, count]);
        },
        attention: weights,
        get behaviours() {
          return behaviours();
        },
      };
    },
  };
}
