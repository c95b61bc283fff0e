/** Which rows train and which are evaluated. Row numbers only; the same on every platform. */
import { permutation } from '../engine';
import { SPLIT } from '../data/dataset';
import type { Dataset, SplitName } from '../data/dataset';

/** Rows of a split in the order of the file. */
export function rowsOfSplit(dataset: Pick<Dataset, 'rows' | 'split'>, split: SplitName): Int32Array {
  let count = 0;
  for (let row = 0; row < dataset.rows; row++) if (dataset.split[row] === SPLIT[split]) count++;
  const rows = new Int32Array(count);
  for (let row = 0, at = 0; row < dataset.rows; row++) {
    if (dataset.split[row] === SPLIT[split]) rows[at++] = row;
  }
  return rows;
}

/** The mini-batches of a shuffled pass after another. Position is one number: batches drawn so far. */
export interface BatchOrder {
  /** Batches of one epoch. */
  readonly perEpoch: number;
  /** Rows of the `drawn`-th batch of the run, from 0. */
  rows(drawn: number): Int32Array;
}

/**
 * Shuffles anew every epoch, from the seed and the epoch's number. The remainder of an epoch that fills no batch is left
 * out (other rows are in it next time); fewer rows than one batch make one short batch an epoch.
 *
 * @throws RangeError without training rows
 */
export function batchOrder(rows: Int32Array, batch: number, seed: number): BatchOrder {
  if (rows.length === 0) {
    throw new RangeError('The dataset has no training rows; choose another split or another file.');
  }
  const perEpoch = Math.max(1, Math.floor(rows.length / batch));
  let shuffled: { readonly epoch: number; readonly rows: Int32Array } | null = null;
  return {
    perEpoch,
    rows(drawn) {
      const epoch = Math.floor(drawn / perEpoch);
      if (shuffled?.epoch !== epoch) {
        const order = permutation(seed, `epoch ${epoch}`, rows.length);
        shuffled = { epoch, rows: order.map((place) => rows[place]!) };
      }
      const from = (drawn % perEpoch) * batch;
      return shuffled.rows.subarray(from, from + batch);
    },
  };
}

/** Scenarios from which on a curve's point is computed from fewer rows of each. */
const FULL_SCENARIOS = 6;
/** Fewer rows of a scenario say nothing. */
const LEAST_ROWS = 50;

/**
 * Rows of each scenario for a curve's point: `evaluationRows`, with more than six scenarios proportionally fewer, so that
 * evaluating 25 scenarios takes twice and not eight times as long as evaluating 3, and training is not mostly evaluation.
 */
export function rowsOfEachScenario(evaluationRows: number, scenarios: number): number {
  const share = Math.floor((FULL_SCENARIOS * evaluationRows) / Math.max(1, scenarios));
  return Math.min(evaluationRows, Math.max(LEAST_ROWS, share));
}

/** Rows to evaluate, and the weights that bring each back to its scenario's true share. */
export interface EvaluationSample {
  readonly rows: Int32Array;
  readonly weight: Float32Array;
}

/**
 * At most `perScenario` rows of every scenario of a split, in the order of the file. Which ones depends on the dataset
 * alone, so runs with different seeds are judged by the same rows.
 */
export function evaluationSample(
  dataset: Pick<Dataset, 'rows' | 'split' | 'scenario' | 'scenarios' | 'weight'>,
  split: SplitName,
  perScenario: number,
): EvaluationSample {
  const all = rowsOfSplit(dataset, split);
  const byScenario: number[][] = dataset.scenarios.map(() => []);
  for (const row of all) byScenario[dataset.scenario[row]!]!.push(row);
  const factor = byScenario.map((rows) => Math.max(1, rows.length / perScenario));
  const chosen = byScenario.flatMap((rows, s) =>
    rows.length <= perScenario
      ? rows
      : [...permutation(0, `sample ${split} ${s}`, rows.length).subarray(0, perScenario)].map(
          (i) => rows[i]!,
        ),
  );
  const rows = Int32Array.from(chosen).sort();
  const weight = Float32Array.from(rows, (row) => dataset.weight[row]! * factor[dataset.scenario[row]!]!);
  return { rows, weight };
}
