/** A dataset's rows as `rows.npz`: what `python/scenarium/data.py` reads. */
import { interestProbabilities } from '../../data/simulate';
import { npzOf, type NumberArray } from './npz';
import type { Dataset } from '../../data/dataset';

/** Columns `[rows]` by name: `field.0`, `field.1`, … in the manifest's order, histories as in the dataset. */
export function rowsOf(dataset: Dataset): Uint8Array {
  const { history, truth, timestamp } = dataset;
  const arrays: Record<string, NumberArray> = {
    scenario: dataset.scenario,
    label: Uint8Array.from(dataset.label),
    split: dataset.split,
    weight: dataset.weight,
  };
  dataset.columns.forEach((column, f) => (arrays[`field.${f}`] = column));
  if (history) {
    arrays['history.ids'] = history.ids;
    arrays['history.scenario'] = history.scenario;
    arrays['history.lengths'] = history.lengths;
  }
  if (truth) {
    arrays['truth.probability'] = truth.probability;
    arrays['truth.match'] = truth.match;
    arrays['truth.intervened'] = truth.intervened;
    const every = Int32Array.from({ length: dataset.rows }, (_, row) => row);
    const interest = interestProbabilities(dataset, every);
    if (interest) arrays['truth.interest'] = interest;
  }
  if (timestamp) arrays['timestamp'] = timestamp;
  return npzOf(arrays);
}
