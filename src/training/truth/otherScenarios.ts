/** What a model says of test rows in the scenarios that they did not happen in, against the simulator: do(scenario). */
import { readBatch, type RowSource } from '../../data/batches';
import { counterfactualProbabilities } from '../../data/simulate';
import { votesError } from './votes';
import type { Dataset, History } from '../../data/dataset';
import type { Trainer } from '../trainer/contract';
import type { Figure, JudgedRows } from './figures';

/** As many pairs of a row and a scenario are scored; of a larger test split, rows as far apart as they must be. */
const MOST_PAIRS = 24_000;

/** Every `k`-th of `count` places, so that no more than `MOST_PAIRS / scenarios` are left. */
export function spacedPlaces(count: number, scenarios: number): number[] {
  const apart = Math.max(1, Math.ceil((count * scenarios) / MOST_PAIRS));
  return Array.from({ length: Math.ceil(count / apart) }, (_, k) => k * apart);
}

/** Behaviours of rows, in their order. */
function historyOf(history: History, rows: Int32Array): History {
  const { length, itemFields } = history;
  const stride = length * itemFields.length;
  const ids = new Int32Array(rows.length * stride);
  const scenario = new Int16Array(rows.length * length);
  const age = new Float32Array(rows.length * length);
  rows.forEach((row, k) => {
    ids.set(history.ids.subarray(row * stride, (row + 1) * stride), k * stride);
    scenario.set(history.scenario.subarray(row * length, (row + 1) * length), k * length);
    age.set(history.age.subarray(row * length, (row + 1) * length), k * length);
  });
  return {
    ...{ length, itemFields, ids, scenario, age },
    lengths: Uint8Array.from(rows, (row) => history.lengths[row]!),
  };
}

/**
 * Rows in every scenario, all else (person, item, place, other context, behaviours) as it was: row `r * N + s` is `rows[r]` in scenario s.
 *
 * @param rows row numbers of the dataset `[n]`
 */
export function inEveryScenario(
  dataset: Pick<Dataset, 'id' | 'fields' | 'columns' | 'label' | 'history' | 'scenarios'>,
  rows: Int32Array,
): RowSource {
  const n = dataset.scenarios.length;
  const repeated = Int32Array.from({ length: rows.length * n }, (_, k) => rows[Math.floor(k / n)]!);
  return {
    id: dataset.id,
    fields: dataset.fields,
    columns: dataset.fields.map(({ role }, f) =>
      Int32Array.from(repeated, (row, k) => (role === 'scenario' ? (k % n) + 1 : dataset.columns[f]![row]!)),
    ),
    scenario: Int16Array.from(repeated, (_, k) => k % n),
    label: Float32Array.from(repeated, (row) => dataset.label[row]!),
    history: dataset.history && historyOf(dataset.history, repeated),
  };
}

/**
 * Mean absolute error, in probability, of a model's click rates under do(scenario): each test row is scored in every scenario that it did
 * not happen in and held against the simulator's click probability there. Weighted by traffic; by scenario, of the rows that happened there.
 *
 * @param judged the test rows: where each happened and its weight
 * @param rows their row numbers `[n]`
 */
export async function counterfactualError(
  trainer: Pick<Trainer, 'dataset' | 'layout' | 'predict' | 'readBatch'>,
  judged: JudgedRows,
  rows: Int32Array,
): Promise<Figure> {
  const { dataset, layout } = trainer;
  const { scenarios } = judged;
  const places = spacedPlaces(rows.length, scenarios);
  const chosen = Int32Array.from(places, (place) => rows[place]!);
  const source = inEveryScenario(dataset, chosen);
  // As evaluations read a procedure's columns: all 1.
  const columns = Object.keys(trainer.readBatch(chosen.subarray(0, 1)).extra);
  const ones = Object.fromEntries(
    columns.map((name) => [name, new Float32Array(source.label.length).fill(1)]),
  );
  const all = Int32Array.from(source.label, (_, k) => k);
  const { probability } = await trainer.predict(all, (some) => readBatch(source, layout, some, ones));
  return votesError(probability, counterfactualProbabilities(dataset, chosen), {
    scenarios,
    scenario: places.map((place) => judged.scenario[place]!),
    weight: places.map((place) => judged.weight[place]!),
  });
}
