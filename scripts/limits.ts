/**
 * What a simulated dataset's rows can tell at all, whatever model reads them: the ceiling, the best additive score when the
 * truth is known, and what a penalised logistic regression learns from the clicks.
 *
 *   npx tsx scripts/limits.ts aliccp-3
 */
import { SPLIT, type Dataset } from '../src/data/dataset';
import { noiseFreeAuc } from '../src/training/metrics/auc';
import { readSample } from './lab/datasets';
import { parseCommandLine, refuse } from './commandLine.mjs';

/** Strength of the pull of an effect towards 0, in rows: of the known truth (it has no noise), and of clicks. */
const TRUTH_ROWS = 3;
const CLICK_PENALTY = 20;

const logit = (p: number): number => Math.log(p / (1 - p));

/** Rows by scenario. */
function rowsByScenario(dataset: Dataset, split: number | null): number[][] {
  const rows = dataset.scenarios.map((): number[] => []);
  for (let row = 0; row < dataset.rows; row++) {
    if (split === null || dataset.split[row] === split) rows[dataset.scenario[row]!]!.push(row);
  }
  return rows;
}

/**
 * The best additive approximation of the true logit, scenario by scenario, by backfitting over all rows: what a model without
 * any interaction would reach with endless data.
 */
function additiveTruth(dataset: Dataset, fields: readonly string[]): Float64Array {
  const truth = dataset.truth!;
  const score = new Float64Array(dataset.rows);
  const columns = fields.map((name) => dataset.fields.findIndex((field) => field.name === name));
  for (const rows of rowsByScenario(dataset, null)) {
    const wanted = rows.map((row) => logit(truth.probability[row]!));
    const mean = wanted.reduce((sum, value) => sum + value, 0) / Math.max(1, rows.length);
    const effects = columns.map((c) => new Float64Array(dataset.fields[c]!.size));
    const fitted = new Float64Array(rows.length);
    for (let round = 0; round < 10; round++) {
      columns.forEach((c, e) => {
        const ids = dataset.columns[c]!;
        const effect = effects[e]!;
        const sum = new Float64Array(effect.length);
        const count = new Float64Array(effect.length).fill(TRUTH_ROWS);
        rows.forEach((row, i) => {
          const id = ids[row]!;
          sum[id]! += wanted[i]! - mean - fitted[i]! + effect[id]!;
          count[id]! += 1;
        });
        const next = sum.map((value, id) => value / count[id]!);
        rows.forEach((row, i) => (fitted[i]! += next[ids[row]!]! - effect[ids[row]!]!));
        effects[e] = next;
      });
    }
    rows.forEach((row, i) => (score[row] = fitted[i]!));
  }
  return score;
}

/** Penalised logistic regression on the training clicks, effects of every field by scenario (or shared), by Adam over all rows. */
function regression(dataset: Dataset, shared: boolean): Float64Array {
  const scenarios = dataset.scenarios.length;
  const width = shared ? dataset.vocabularySize : dataset.vocabularySize * scenarios;
  const weights = new Float64Array(width + scenarios);
  const first = new Float64Array(weights.length);
  const second = new Float64Array(weights.length);
  const place = (row: number, f: number): number =>
    (shared ? 0 : dataset.scenario[row]! * dataset.vocabularySize) +
    dataset.fields[f]!.offset +
    dataset.columns[f]![row]!;
  const score = (row: number): number => {
    let z = weights[width + dataset.scenario[row]!]!;
    for (let f = 0; f < dataset.fields.length; f++) z += weights[place(row, f)]!;
    return z;
  };
  const training = rowsByScenario(dataset, SPLIT.train).flat();
  const rate = training.reduce((sum, row) => sum + dataset.label[row]!, 0) / training.length;
  weights.fill(logit(rate), width);
  const gradient = new Float64Array(weights.length);
  for (let t = 1; t <= 200; t++) {
    for (let i = 0; i < width; i++) gradient[i] = CLICK_PENALTY * weights[i]!;
    gradient.fill(0, width);
    for (const row of training) {
      const error = 1 / (1 + Math.exp(-score(row))) - dataset.label[row]!;
      gradient[width + dataset.scenario[row]!]! += error;
      for (let f = 0; f < dataset.fields.length; f++) gradient[place(row, f)]! += error;
    }
    const step = 0.03 * Math.min(1, (200 - t) / 60 + 0.02);
    for (let i = 0; i < weights.length; i++) {
      first[i] = 0.9 * first[i]! + 0.1 * gradient[i]!;
      second[i] = 0.99 * second[i]! + 0.01 * gradient[i]! ** 2;
      const scale = Math.sqrt(second[i]! / (1 - 0.99 ** t)) + 1e-9;
      weights[i]! -= (step * first[i]!) / (1 - 0.9 ** t) / scale;
    }
  }
  return Float64Array.from({ length: dataset.rows }, (_, row) => score(row));
}

function report(dataset: Dataset, name: string, score: ArrayLike<number>): void {
  const { probability } = dataset.truth!;
  const test = rowsByScenario(dataset, SPLIT.test);
  const cells = test.map((rows) => {
    const pick = (values: ArrayLike<number>): number[] => rows.map((row) => values[row]!);
    const p = pick(probability);
    const weight = pick(dataset.weight);
    const value = noiseFreeAuc(pick(score), p, weight);
    const ceiling = noiseFreeAuc(p, p, weight);
    if (value === null || ceiling === null) return 'undefined';
    return `${value.toFixed(4)} (${((100 * (value - 0.5)) / (ceiling - 0.5)).toFixed(0)} %)`;
  });
  process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`);
}

const {
  positionals: [sample = 'aliccp-3'],
} = parseCommandLine({ allowPositionals: true, options: {} });
const dataset = await readSample(sample).catch((error: Error) => refuse(error.message));
if (!dataset.truth) refuse(`${dataset.id} has no truth columns; limits are known of simulated data only.`);
process.stdout.write(`| score | ${dataset.scenarios.map(({ name }) => name).join(' | ')} |\n`);
process.stdout.write(`| --- | ${dataset.scenarios.map(() => '---:').join(' | ')} |\n`);
report(dataset, 'true probability (ceiling)', dataset.truth.probability);
report(
  dataset,
  'truth, additive in item, slot and person',
  additiveTruth(dataset, ['item_id', 'slot', 'user_id']),
);
report(dataset, 'truth, additive in item and slot', additiveTruth(dataset, ['item_id', 'slot']));
report(dataset, 'logistic regression, effects by scenario', regression(dataset, false));
report(dataset, 'logistic regression, shared effects', regression(dataset, true));
