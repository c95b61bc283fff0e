/**
 * Rows that evaluations are made on, and what is known of them whatever model scores them. Made once a dataset and kept with it: a simulated dataset's world
 * is made again for them, and the next run on the same data needs them as they are.
 */
import { interestProbabilities } from '../../data/simulate';
import { dataShape } from '../../models/inputs';
import { computeCeilings } from '../metrics';
import { evaluationSample, rowsOfEachScenario } from '../sampling';
import type { Dataset } from '../../data/dataset';
import type { Ceilings, EvaluatedRows } from '../metrics';
import type { TrainingSettings } from '../settings';

export type EvaluatedSplit = 'validation' | 'test';

export interface EvaluationSet {
  /** Rows of the dataset. */
  readonly rows: Int32Array;
  readonly data: EvaluatedRows;
  /** The best that any model reaches on them. */
  readonly ceilings: Ceilings;
}

const made = new WeakMap<Dataset, Map<string, EvaluationSet>>();

/** At most `perScenario` rows of each scenario of a split. */
export function evaluationSet(dataset: Dataset, split: EvaluatedSplit, perScenario: number): EvaluationSet {
  const sets = made.get(dataset) ?? new Map<string, EvaluationSet>();
  made.set(dataset, sets);
  const key = `${split} ${perScenario}`;
  const known = sets.get(key);
  if (known) return known;
  const { rows, weight } = evaluationSample(dataset, split, perScenario);
  const { truth } = dataset;
  const { scenarios, scenarioRows } = dataShape(dataset, 1);
  const data: EvaluatedRows = {
    scenarios,
    scenario: Int16Array.from(rows, (row) => dataset.scenario[row]!),
    label: Float32Array.from(rows, (row) => dataset.label[row]!),
    weight,
    truth: truth && {
      probability: Float32Array.from(rows, (row) => truth.probability[row]!),
      interest: interestProbabilities(dataset, rows),
    },
    trainingRows: scenarioRows,
  };
  const set = { rows, data, ceilings: computeCeilings(data) };
  sets.set(key, set);
  return set;
}

/** Makes what a run's curves are computed on before the run is built, as where its backend is still being opened. */
export function prepareEvaluation(
  dataset: Dataset,
  { evaluationRows, split }: Pick<TrainingSettings, 'evaluationRows' | 'split'>,
): void {
  // Other ways to split make a dataset of their own.
  if (split === 'dataset')
    evaluationSet(dataset, 'validation', rowsOfEachScenario(evaluationRows, dataset.scenarios.length));
}
