import { clickProbability } from './clicks';
import { clickLogit } from './exposures';
import { settingsSchema, worldOfDataset } from './settings';
import { signalName } from './fields';
import { signalLogit } from './signals';
import { matchOf, type World } from './world';
import type { Dataset } from '../dataset';

function columnOf(dataset: Pick<Dataset, 'fields' | 'columns'>, name: string): Int32Array {
  const index = dataset.fields.findIndex((field) => field.name === name);
  if (index < 0)
    throw new RangeError(
      `The dataset has no field ${name}, so its rows can't be placed in the simulated world; simulate the dataset again.`,
    );
  return dataset.columns[index]!;
}

/** Signals of a row, as the simulator's value of each; null in worlds without them. */
function signalReader(
  dataset: Pick<Dataset, 'fields' | 'columns'>,
  { signals }: World,
): ((row: number, f: number) => number) | null {
  if (!signals) return null;
  const columns = Array.from({ length: signals.specific + signals.common }, (_, f) =>
    columnOf(dataset, signalName(f)),
  );
  return (row, f) => columns[f]![row]! - 1;
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
  const signal = signalReader(dataset, world);
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
      if (signals && signal)
        logit += signalLogit(signals, world.knobs.specificFields, t, (f) => signal(row, f));
      const prominence = world.prominence[t * world.twin.slots + place]!;
      probabilities[r * n + t] = clickProbability(prominence, intercepts[t]!, logit);
    }
  }
  return probabilities;
}

/**
 * Click probability by interest alone: the same person, item and signals in the row's own scenario, on a place that everybody notices,
 * not promoted, by someone whom popularity does not move. Where the world has none of these, it is `truth_p` itself.
 *
 * @param rows row numbers of the dataset.
 * @returns `[rows]`; null where the dataset's world cannot be made again (it is not of this simulator).
 */
export function interestProbabilities(
  dataset: Pick<Dataset, 'fields' | 'columns' | 'source' | 'scenario'>,
  rows: ArrayLike<number>,
): Float32Array | null {
  const { source } = dataset;
  if (source.kind !== 'simulated' || !settingsSchema.safeParse(source.settings).success) return null;
  const { world, intercepts } = worldOfDataset(source);
  const user = columnOf(dataset, 'user_id');
  const item = columnOf(dataset, 'item_id');
  const { signals } = world;
  const signal = signalReader(dataset, world);
  const probabilities = new Float32Array(rows.length);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    const s = dataset.scenario[row]!;
    let logit = world.knobs.matchStrength * matchOf(world, user[row]! - 1, item[row]! - 1, s);
    if (signals && signal)
      logit += signalLogit(signals, world.knobs.specificFields, s, (f) => signal(row, f));
    probabilities[r] = clickProbability(1, intercepts[s]!, logit);
  }
  return probabilities;
}
