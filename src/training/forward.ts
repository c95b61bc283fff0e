/** Evaluate-mode passes: scores and probes of rows, batch by batch, one readback at the end. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeRead, createMode, gatherTable } from '../engine';
import { assembleInputs, disposeBatch, uploadBatch } from '../models/inputs';
import { cloneProbes, createProbeSums } from './probeValues';
import { yieldToEventLoop } from './yieldToEventLoop';
import type { HostBatch } from '../data/batches';
import type { Mode } from '../engine';
import type { AnyModel, AnyPass, Inputs } from '../models/definition';
import type { ProbeValue } from './events';

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

export interface Scored {
  readonly score: Float32Array;
  readonly probability: Float32Array;
  readonly columns: Readonly<Record<string, Float32Array>>;
  readonly probes: readonly ProbeValue[];
}

/** What the columns of one chunk's readback mean. */
interface Packing {
  readonly names: readonly string[];
  readonly widths: readonly number[];
}

/**
 * Scores `rows` with the inference path.
 *
 * @param read makes the batch of some rows
 * @param withProbes also adds up the model's probes; without them the rows themselves are asked for, with all their columns
 * @param done told after each batch how many rows are scored
 */
export async function scoreRows(
  model: AnyModel,
  scenarios: number,
  batchSize: number,
  rows: Int32Array,
  read: (rows: Int32Array) => HostBatch,
  withProbes: boolean,
  done: (rows: number) => void = () => undefined,
): Promise<Scored> {
  const chunks: tf.Tensor2D[] = [];
  const probes = createProbeSums();
  let packing: Packing = { names: ['score', 'probability'], widths: [1, 1] };
  try {
    for (let from = 0; from < rows.length; from += batchSize) {
      const batch = read(rows.subarray(from, Math.min(from + batchSize, rows.length)));
      const { packed, sums } = forwardPass(model, scenarios, batch, 'moving', (pass) => {
        const { score, probability, columns } = pass.scores();
        const entries = Object.entries({
          ...columns,
          ...(withProbes ? {} : pass.requested()),
        });
        packing = {
          names: ['score', 'probability', ...entries.map(([name]) => name)],
          widths: [1, 1, ...entries.map(([, column]) => column.shape[1])],
        };
        const parts = [score, probability, ...entries.map(([, column]) => column)];
        return {
          packed: tf.concat(parts, 1),
          sums: withProbes ? cloneProbes(pass.probes()) : {},
        };
      });
      chunks.push(packed);
      probes.add(sums);
      tf.dispose(sums);
      // Where values are held back, those of all batches would stand in line until the end, and each would be looked through for every other.
      beforeRead([packed, ...probes.tensors()]);
      done(Math.min(from + batchSize, rows.length));
      await yieldToEventLoop();
    }
    return {
      ...(await unpack(chunks, packing, rows.length)),
      probes: withProbes ? await probes.read(model.probes.map(({ name }) => name)) : [],
    };
  } finally {
    tf.dispose(chunks);
    probes.dispose();
  }
}

async function unpack(
  chunks: tf.Tensor2D[],
  { names, widths }: Packing,
  count: number,
): Promise<Omit<Scored, 'probes'>> {
  const all = chunks.length > 0 ? tf.concat(chunks, 0) : null;
  const data = all ? await all.data<'float32'>() : new Float32Array(0);
  all?.dispose();
  const width = widths.reduce((sum, w) => sum + w, 0);
  const columns: Record<string, Float32Array> = {};
  let at = 0;
  names.forEach((name, c) => {
    const w = widths[c]!;
    const column = new Float32Array(count * w);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < w; k++) column[row * w + k] = data[row * width + at + k]!;
    }
    columns[name] = column;
    at += w;
  });
  const { score, probability, ...rest } = columns;
  return { score: score!, probability: probability!, columns: rest };
}
