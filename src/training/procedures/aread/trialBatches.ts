/** Batches of one scenario for the mask search: T_d, its training rows, and A_d, those and the added ones. */
import { hash3, streamSeed, uniformArray } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { Dataset } from '../../../data/dataset';
import type { Trainer } from '../../trainer';
import type { Augmentation } from './augment';

export interface TrialRows {
  /** Dataset rows of A_d; the first `own` are T_d, the others clicks of other scenarios. */
  readonly rows: Int32Array;
  readonly own: number;
}

/** A_d of every scenario. */
export function trialRows(
  dataset: Pick<Dataset, 'scenario' | 'scenarios'>,
  trainingRows: Int32Array,
  augmentation: Pick<Augmentation, 'source' | 'target'> | null,
): TrialRows[] {
  const own: number[][] = dataset.scenarios.map(() => []);
  for (const row of trainingRows) own[dataset.scenario[row]!]!.push(row);
  const added: number[][] = dataset.scenarios.map(() => []);
  augmentation?.source.forEach((row, i) => added[augmentation.target[i]!]!.push(row));
  return own.map((rows, d) => ({ rows: Int32Array.from([...rows, ...added[d]!]), own: rows.length }));
}

/**
 * `count` places out of `size`: without replacement where there are enough, else with. They depend on the seed and the
 * stream's name alone.
 */
export function drawPlaces(seed: number, stream: string, size: number, count: number): Int32Array {
  const uniforms = uniformArray(seed, stream, count);
  if (size < count) return Int32Array.from(uniforms, (u) => Math.floor(u * size));
  // Fisher–Yates over places that are only written down where they moved.
  const moved = new Map<number, number>();
  const out = new Int32Array(count);
  const key = streamSeed(seed, stream);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor((hash3(i, key, 7) / 0x100000000) * (size - i));
    out[i] = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return out;
}

/**
 * Reads a batch of A_d, of as many rows as places: rows from elsewhere get the scenario's own id in their scenario field, and the label 1 (Eq 5).
 *
 * @param field index of the scenario field in the dataset.
 */
export function readTrialBatch(
  trainer: Pick<Trainer, 'readBatch' | 'dataset'>,
  trial: TrialRows,
  scenario: number,
  places: Int32Array,
  field: number,
): HostBatch {
  const rows = places.map((place) => trial.rows[place]!);
  const batch = trainer.readBatch(rows, {}, rows.length);
  const { width, fields } = batch.layout;
  const at = fields.indexOf(field);
  const id = trainer.dataset.fields[field]!.offset + scenario + 1;
  places.forEach((place, b) => {
    if (place < trial.own) return;
    batch.scenario[b] = scenario;
    batch.label[b] = 1;
    if (at >= 0) batch.ids[b * width + at] = id;
  });
  return batch;
}
