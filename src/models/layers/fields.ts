/** From a batch's embeddings to the matrices that networks read. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataShape, FieldShape, Inputs } from '../definition';

export interface FieldFilter {
  readonly roles?: readonly FieldShape['role'][];
  readonly exceptRoles?: readonly FieldShape['role'][];
  /** Keeps fields whose `scenarioSpecific` flag equals this. */
  readonly scenarioSpecific?: boolean;
}

/** Indices into `shape.fields` that pass the filter, in the order of the fields. */
export function fieldIndices(shape: DataShape, filter: FieldFilter = {}): number[] {
  return shape.fields.flatMap((field, index) => {
    if (filter.roles && !filter.roles.includes(field.role)) return [];
    if (filter.exceptRoles?.includes(field.role)) return [];
    if (filter.scenarioSpecific !== undefined && field.scenarioSpecific !== filter.scenarioSpecific)
      return [];
    return [index];
  });
}

/** All fields side by side: `[B, F, d]` to `[B, F*d]`. */
function flattenFields(fields: tf.Tensor3D): tf.Tensor2D {
  const [batch, count, dim] = fields.shape;
  return tf.reshape(fields, [batch, count * dim]);
}

/** The chosen fields `[B, k, d]`; neighbours are sliced together, so the graph has one slice per run of indices. */
export function pickFields(fields: tf.Tensor3D, indices: readonly number[]): tf.Tensor3D {
  const [batch, count, dim] = fields.shape;
  if (indices.length === 0) throw new RangeError('No field was picked; a layer needs at least one field.');
  if (indices.length === count && indices.every((index, at) => index === at)) return fields;
  const runs: { start: number; length: number }[] = [];
  for (const index of indices) {
    const last = runs[runs.length - 1];
    if (last && last.start + last.length === index) last.length++;
    else runs.push({ start: index, length: 1 });
  }
  const slices = runs.map(({ start, length }) => tf.slice(fields, [0, start, 0], [batch, length, dim]));
  return slices.length === 1 ? slices[0]! : tf.concat(slices, 1);
}

/** The chosen fields side by side `[B, k*d]`. */
export function pickFlat(fields: tf.Tensor3D, indices: readonly number[]): tf.Tensor2D {
  return flattenFields(pickFields(fields, indices));
}

/**
 * Mean over the positions of a sequence that are there: `items [B, L, f]` (already masked), `mask [B, L]`, to `[B, f]`.
 * An empty sequence gives zeros.
 */
export function meanOverSequence(items: tf.Tensor3D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.div(tf.sum(items, 1), tf.maximum(tf.sum(mask, 1, true), 1));
}

const NO_HISTORY = 'The model asked for histories and the batch has none.';

/** The batch's behaviours over all scenarios. @throws RangeError where it has none */
export function historyOf({ history }: Inputs): NonNullable<Inputs['history']> {
  if (!history) throw new RangeError(NO_HISTORY);
  return history;
}

/** The batch's behaviours in each row's own scenario. @throws RangeError where it has none */
export function ownHistoryOf({ ownHistory }: Inputs): NonNullable<Inputs['ownHistory']> {
  if (!ownHistory) throw new RangeError(NO_HISTORY);
  return ownHistory;
}
