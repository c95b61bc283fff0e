/** Evaluate-mode passes: scores and probes of rows, batch by batch, one readback at the end. */
import * as tf from '@tensorflow/tfjs-core';
import { createMode, gatherTable } from '../engine';
import { assembleInputs, disposeBatch, uploadBatch } from '../models/inputs';
import { yieldToEventLoop } from './yieldToEventLoop';
import type { HostBatch } from '../data/batches';
import type { Mode } from '../engine';
import type { AnyModel, AnyPass, Inputs, ProbeTensor } from '../models/definition';
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

/** Sums and counts of every probe, added up on the device. */
interface ProbeSums {
  add(probes: Readonly<Record<string, ProbeTensor>>): void;
  read(model: AnyModel): Promise<ProbeValue[]>;
  dispose(): void;
}

function probeSums(): ProbeSums {
  let sums: Readonly<Record<string, ProbeTensor>> = {};
  const dispose = (): void => {
    tf.dispose(Object.values(sums).flatMap((tensors) => Object.values(tensors) as tf.Tensor[]));
    sums = {};
  };
  return {
    dispose,
    add(probes) {
      const next = tf.tidy(() =>
        Object.fromEntries(
          Object.entries(probes).map(([name, { sum, count, squares }]) => {
            const before = sums[name];
            const added = (one: tf.Tensor, earlier: tf.Tensor | undefined): tf.Tensor =>
              tf.keep(earlier ? tf.add(earlier, one) : tf.clone(one));
            return [
              name,
              {
                sum: added(sum, before?.sum),
                count: added(count, before?.count),
                ...(squares && { squares: added(squares, before?.squares) }),
              },
            ];
          }),
        ),
      );
      dispose();
      sums = next;
    },
    async read(model) {
      const values = await Promise.all(
        model.probes.map(async ({ name }) => {
          const found = sums[name];
          if (!found) return null;
          const [sum, count, squares] = await Promise.all([
            found.sum.data<'float32'>(),
            found.count.data<'float32'>(),
            found.squares?.data<'float32'>(),
          ]);
          return divide(name, found.sum.shape, sum, count, squares);
        }),
      );
      return values.filter((value) => value !== null);
    },
  };
}

/**
 * `sum / count`, the count repeated over the trailing axes; with squares, the standard deviation. Cells without a count, or
 * not finite, are undefined and hold 0.
 */
function divide(
  name: string,
  shape: readonly number[],
  sum: Float32Array,
  count: Float32Array,
  squares: Float32Array | undefined,
): ProbeValue {
  const values = new Float32Array(sum.length);
  const defined = new Uint8Array(sum.length);
  const trailing = sum.length / Math.max(1, count.length);
  for (let i = 0; i < sum.length; i++) {
    const of = count[Math.floor(i / trailing)]!;
    const mean = sum[i]! / of;
    // Rounding can take a variance of nothing below 0.
    const value = squares ? Math.sqrt(Math.max(0, squares[i]! / of - mean * mean)) : mean;
    if (of === 0 || !Number.isFinite(value)) continue;
    values[i] = value;
    defined[i] = 1;
  }
  return { name, shape: [...shape], values, defined };
}

/** Tensors of the caller's own: a probe may hand out a live variable (a mask), which must not be freed with the rest. */
function ownTensors(
  probes: Readonly<Record<string, ProbeTensor>>,
): Record<string, Record<'sum' | 'count', tf.Tensor> & { squares?: tf.Tensor }> {
  return Object.fromEntries(
    Object.entries(probes).map(([name, { sum, count, squares }]) => [
      name,
      { sum: tf.clone(sum), count: tf.clone(count), ...(squares && { squares: tf.clone(squares) }) },
    ]),
  );
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
  const probes = probeSums();
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
          sums: withProbes ? ownTensors(pass.probes()) : {},
        };
      });
      chunks.push(packed);
      probes.add(sums);
      tf.dispose(sums);
      done(Math.min(from + batchSize, rows.length));
      await yieldToEventLoop();
    }
    return {
      ...(await unpack(chunks, packing, rows.length)),
      probes: withProbes ? await probes.read(model) : [],
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
