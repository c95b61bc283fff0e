/** A pass without gradient, and what it reads of a batch. */
import * as tf from '@tensorflow/tfjs-core';
import { createMode, gatherTable } from '../engine';
import { assembleInputs, disposeBatch, uploadBatch } from '../models/inputs';
import type { HostBatch } from '../data/batches';
import type { Mode } from '../engine';
import type { AnyModel, AnyPass, Inputs } from '../models/definition';

/** Batch statistics without dropout; no state changes. */
const withoutChange: Mode = {
  kind: 'train',
  dropoutMask: (shape) => tf.ones([...shape]),
  recordState: () => undefined,
};

/** One pass without gradient. `read` runs inside a tidy; the tensors that it returns are the caller's. */
export function forwardPass<T extends tf.TensorContainer>(
  model: AnyModel,
  scenarios: number,
  batch: HostBatch,
  statistics: 'batch' | 'moving',
  read: (pass: AnyPass, inputs: Inputs) => T,
): T {
  const tensors = uploadBatch(batch);
  try {
    return tf.tidy(() => {
      const rows = gatherTable(model.table, tensors.ids);
      const inputs = assembleInputs(rows, tensors, batch.layout, scenarios);
      const mode = statistics === 'batch' ? withoutChange : createMode('evaluate', 0, 0);
      return read(model.forward(inputs, mode), inputs);
    });
  } finally {
    disposeBatch(tensors);
  }
}
