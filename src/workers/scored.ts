/** What the page asks of a built model beside its curves: scores of a split, and the truth to hold against them. */
import { counterfactualProbabilities } from '../data/simulate';
import { rowsOfSplit } from '../training/sampling';
import type { Dataset } from '../data/dataset';
import type { Run } from '../training/run';
import type { ScoredRows } from './protocol';

/** Mean true click probability of scenario d's rows, had they been shown in scenario p `[d, p]`; null without truth. */
export function trueRates(dataset: Dataset, split: 'validation' | 'test'): Float32Array | null {
  if (dataset.source.kind !== 'simulated' || !dataset.truth) return null;
  const rows = rowsOfSplit(dataset, split);
  const n = dataset.scenarios.length;
  const probabilities = counterfactualProbabilities(dataset, rows);
  const sums = new Float64Array(n * n);
  const counts = new Float64Array(n);
  rows.forEach((row, r) => {
    const d = dataset.scenario[row]!;
    counts[d]! += 1;
    for (let p = 0; p < n; p++) sums[d * n + p]! += probabilities[r * n + p]!;
  });
  return Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[Math.floor(i / n)]!));
}

/** Every row of a split with the present weights. */
export async function scoredRows({ trainer }: Run, split: 'validation' | 'test'): Promise<ScoredRows> {
  const { dataset } = trainer;
  const rows = rowsOfSplit(dataset, split);
  const { score, probability, columns } = await trainer.predict(rows);
  const { truth } = dataset;
  return {
    split,
    rows,
    scenario: Int16Array.from(rows, (row) => dataset.scenario[row]!),
    label: Float32Array.from(rows, (row) => dataset.label[row]!),
    weight: Float32Array.from(rows, (row) => dataset.weight[row]!),
    truth: truth && Float32Array.from(rows, (row) => truth.probability[row]!),
    score,
    probability,
    columns,
  };
}
