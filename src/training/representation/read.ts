/** Reads a built model's hidden vectors on a sample of rows. */
import { yieldToEventLoop } from '../yieldToEventLoop';
import { balancedRows, quantise } from './sample';
import { createVectorWriter } from './vectorWriter';
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
  trainer: Pick<Trainer, 'model' | 'dataset' | 'layout' | 'step' | 'repeatedPass' | 'readBatch'>,
  split: SplitName = 'test',
): Promise<RepresentationSample | null> {
  const { model, dataset, layout } = trainer;
  const names = model.probes.filter(({ source }) => source === 'rows').map(({ name }) => name);
  const rows = balancedRows(dataset, split);
  if (names.length === 0 || rows.length === 0) return null;
  const probability = new Float32Array(rows.length);
  const gathered = new Map<string, Gathered>();
  const vectors = createVectorWriter(rows.length);
  const pass = trainer.repeatedPass('moving', vectors.write);
  try {
    for (let from = 0; from < rows.length; from += layout.batch) {
      const batch = trainer.readBatch(rows.subarray(from, Math.min(from + layout.batch, rows.length)));
      pass.take(batch);
      probability.set((await vectors.probability()).subarray(0, batch.count), from);
      for (const [name, { slots, dim, kept, tensor }] of vectors.vectors) {
        const count = Math.min(batch.count, kept - from);
        if (count <= 0) continue;
        const into = gathered.get(name) ?? {
          slots,
          dim,
          rows: kept,
          values: new Float32Array(kept * slots * dim),
        };
        gathered.set(name, into);
        const values = await tensor.data<'float32'>();
        into.values.set(values.subarray(0, count * slots * dim), from * slots * dim);
      }
      await yieldToEventLoop();
    }
  } finally {
    pass.dispose();
    vectors.dispose();
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
