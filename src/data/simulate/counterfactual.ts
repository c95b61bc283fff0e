import { clickProbability } from './clicks';
import { clickLogit } from './exposures';
import { worldOfDataset } from './settings';
import { signalName } from './fields';
import { signalLogit } from './signals';
import { matchOf } from './world';
import type { Dataset } from '../dataset';

function columnOf(dataset: Pick<Dataset, 'fields' | 'columns'>, name: string): Int32Array {
  const index = dataset.fields.findIndex((field) => field.name === name);
  if (index < 0)
    throw new RangeError(
      `The dataset has no field ${name}, so its rows can't be placed in the simulated world; simulate the dataset again.`,
    );
  return dataset.columns[index]!;
}

/**
 * True click probability of the same person, item, place on the page, promotion and signals in every scenario: what CausalInt's votes estimate.
 * The row's own scenario gives its `truth_p` again.
 *
 * @param rows row numbers of the dataset.
 * @returns `[rows * N]`, row-major.
 * @throws RangeError where the dataset is not simulated.
 */
export function counterfactualProbabilities(
  dataset: Pick<Dataset, 'fields' | 'columns' | 'source' | 'truth'>,
  rows: ArrayLike<number>,
): Float32Array {
  const { world, intercepts } = worldOfDataset(dataset.source);
  const user = columnOf(dataset, 'user_id');
  const item = columnOf(dataset, 'item_id');
  const slot = columnOf(dataset, 'slot');
  const { signals } = world;
  const signalColumns = Array.from({ length: signals ? signals.specific + signals.common : 0 }, (_, f) =>
    columnOf(dataset, signalName(f)),
  );
  const n = world.twin.scenarios.length;
  const probabilities = new Float32Array(rows.length * n);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    const u = user[row]! - 1;
    const i = item[row]! - 1;
    const place = slot[row]! - 1;
    const lift = dataset.truth?.intervened[row] === 1 ? world.knobs.promotionLift : 0;
    for (let t = 0; t < n; t++) {
      let logit = clickLogit(world, u, i, matchOf(world, u, i, t)) + lift;
      if (signals) {
        logit += signalLogit(signals, world.knobs.specificFields, t, (f) => signalColumns[f]![row]! - 1);
      }
      const prominence = world.prominence[t * world.twin.slots + place]!;
      probabilities[r * n + t] = clickProbability(prominence, intercepts[t]!, logit);
    }
  }
  return probabilities;
}
