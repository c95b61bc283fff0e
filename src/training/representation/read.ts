/** Reads a built model's hidden vectors on a sample of rows. */
import * as tf from '@tensorflow/tfjs-core';
import { yieldToEventLoop } from '../yieldToEventLoop';
import { balancedRows, keptRows, quantise } from './sample';
import type { SplitName } from '../../data/dataset';
import type { Trainer } from '../trainer';
import type { KeptVectors, RepresentationSample } from './sample';

interface Gathered {
  readonly slots: number;
  readonly dim: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/**
 * Evaluate-mode vectors of every probe of source `rows`, with the present weights; yields between batches. Null where the
 * model offers none or the split has no rows.
 */
export async function readRepresentations(
  trainer: Pick<Trainer, 'model' | 'dataset' | 'layout' | 'step' | 'forward' | 'readBatch'>,
  split: SplitName = 'test',
): Promise<RepresentationSample | null> {
  const { model, dataset, layout } = trainer;
  const names = model.probes.filter(({ source }) => source === 'rows').map(({ name }) => name);
  const rows = balancedRows(dataset, split);
  if (names.length === 0 || rows.length === 0) return null;
  const probability = new Float32Array(rows.length);
  const gathered = new Map<string, Gathered>();
  for (let from = 0; from < rows.length; from += layout.batch) {
    const batch = trainer.readBatch(rows.subarray(from, Math.min(from + layout.batch, rows.length)));
    const tensors = trainer.forward(batch, 'moving', (pass) => ({
      // Copies: a model may hand out a tensor that lives on.
      chance: tf.clone(pass.scores().probability),
      vectors: Object.fromEntries(
        Object.entries(pass.vectors())
          .filter(([name]) => from < (gathered.get(name)?.rows ?? rows.length))
          .map(([name, tensor]) => [name, tf.clone(tensor)]),
      ),
    }));
    probability.set((await tensors.chance.data<'float32'>()).subarray(0, batch.count), from);
    for (const [name, tensor] of Object.entries(tensors.vectors)) {
      const slots = tensor.rank === 3 ? tensor.shape[1]! : 1;
      const dim = tensor.shape.at(-1)!;
      let into = gathered.get(name);
      if (!into) {
        const kept = keptRows(rows.length, slots, dim);
        into = { slots, dim, rows: kept, values: new Float32Array(kept * slots * dim) };
        gathered.set(name, into);
      }
      const count = Math.min(batch.count, into.rows - from);
      into.values.set((await tensor.data<'float32'>()).subarray(0, count * slots * dim), from * slots * dim);
    }
    tf.dispose(tensors);
    await yieldToEventLoop();
  }
  const { truth } = dataset;
  return {
    step: trainer.step,
    split,
    rows,
    scenario: Uint16Array.from(rows, (row) => dataset.scenario[row]!),
    label: Float32Array.from(rows, (row) => dataset.label[row]!),
    truth: truth && Float32Array.from(rows, (row) => truth.probability[row]!),
    probability,
    vectors: names.flatMap((name): KeptVectors[] => {
      const found = gathered.get(name);
      return found
        ? [{ name, rows: found.rows, slots: found.slots, ...quantise(found.values, found.dim) }]
        : [];
    }),
  };
}
