/** The merged embedding table's gather. */
import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingTable } from './types';

/** Rows of the table by id: `ids [M]` int32 to `[M, dim]`. In a training step these rows are the leaf of the gradient. */
export function gatherTable(table: EmbeddingTable, ids: tf.Tensor1D): tf.Tensor2D {
  return tf.gather(table.tensor, ids);
}
