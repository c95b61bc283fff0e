/**
 * The popularity-based counterfactual augmenter (AREAD, Eq 5): a click on an unpopular item is likely interest and not
 * conformity, and interest is the same in every scenario; so such clicks of major scenarios are copied to minor ones.
 * Plain arrays, training rows only.
 */
import { streamSeed, uniformArray } from '../../../engine';
import type { Dataset } from '../../../data/dataset';
import { itemField } from '../itemField';

export interface AugmentOptions {
  /** Rows to make, as a share of the training rows. */
  readonly ratio: number;
  /** `count`: few exposures (at most the quantile over items); `rate`: smoothed click rate below 5 %. */
  readonly popularity: 'count' | 'rate';
  /** Quantile of items' exposures up to which an item is unpopular. */
  readonly quantile: number;
  /** A scenario with less than this share of the training rows is minor; every other is major. */
  readonly minorShare: number;
  readonly seed: number;
}

/** Rows that the search adds: dataset row `source[i]`, read as a click in scenario `target[i]`. */
export interface Augmentation {
  readonly source: Int32Array;
  readonly target: Int16Array;
  /** Scenarios that rows may come from, and go to. */
  readonly major: readonly number[];
  readonly minor: readonly number[];
  /** Different clicks that could be copied. */
  readonly candidates: number;
  /** One sentence where nothing could be added, else null. */
  readonly reason: string | null;
}

/** Bound of the official code for the `rate` criterion. */
const RATE_THRESHOLD = 0.05;
/** A minor scenario wants at least this many rows. */
const MIN_NEED = 100;
/** Cap of the exponent in the choice of a target. */
const MAX_PULL = 5;

/** Exposures and clicks of each local id of a field over some rows. */
export function popularityOf(
  dataset: Pick<Dataset, 'fields' | 'columns' | 'label'>,
  rows: Int32Array,
  field: number,
): { readonly exposures: Int32Array; readonly clicks: Int32Array } {
  const size = dataset.fields[field]!.size;
  const exposures = new Int32Array(size);
  const clicks = new Int32Array(size);
  const column = dataset.columns[field]!;
  for (const row of rows) {
    const id = column[row]!;
    exposures[id]!++;
    if (dataset.label[row]) clicks[id]!++;
  }
  return { exposures, clicks };
}

/** p(i) of each local id, and whether the id is unpopular. Id 0 ("other") is never unpopular: it is many items. */
export function unpopularItems(
  { exposures, clicks }: { readonly exposures: Int32Array; readonly clicks: Int32Array },
  kind: 'count' | 'rate',
  quantile: number,
): { readonly popularity: Float64Array; readonly unpopular: Uint8Array } {
  const popularity = Float64Array.from(exposures, (count, id) =>
    kind === 'count' ? count : (clicks[id]! + 1) / (count + 2),
  );
  const seen = [...exposures.subarray(1)].filter((count) => count > 0).sort((a, b) => a - b);
  const bound = seen.length > 0 ? seen[Math.max(0, Math.ceil(quantile * seen.length) - 1)]! : 0;
  const unpopular = Uint8Array.from(popularity, (p, id) =>
    id > 0 && exposures[id]! > 0 && (kind === 'count' ? p <= bound : p < RATE_THRESHOLD) ? 1 : 0,
  );
  return { popularity, unpopular };
}

/** Linear-interpolated quantile. */
function quantileOf(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Chance of each minor scenario to be the target: the more rows it lacks, the likelier. Sums to 1. */
export function targetChances(minorRows: readonly number[], added: number): number[] {
  const total = minorRows.reduce((sum, rows) => sum + rows, 0);
  const need = minorRows.map((rows) => Math.max(MIN_NEED, (total + added) / minorRows.length - rows));
  const typical = quantileOf(need, 0.3);
  const pull = need.map((value) => Math.exp(Math.min(MAX_PULL, value / typical)));
  const sum = pull.reduce((all, value) => all + value, 0);
  return pull.map((value) => value / sum);
}

/** First place whose running sum exceeds `u` times the total. */
function pick(cumulative: Float64Array, u: number): number {
  const wanted = u * cumulative[cumulative.length - 1]!;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function runningSum(weights: readonly number[] | Float64Array): Float64Array {
  const out = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) out[i] = sum += weights[i]!;
  return out;
}

/**
 * Chooses what to copy where: sources with replacement, weighted 1 / p(i); targets by need. Scenarios without training
 * rows are neither source nor target. The same dataset and seed give the same rows.
 */
export function augment(
  dataset: Pick<Dataset, 'fields' | 'columns' | 'label' | 'scenario' | 'scenarios'>,
  trainingRows: Int32Array,
  options: AugmentOptions,
): Augmentation {
  const rowsOf = new Array<number>(dataset.scenarios.length).fill(0);
  for (const row of trainingRows) rowsOf[dataset.scenario[row]!]!++;
  const isMinor = rowsOf.map((count) => count < options.minorShare * trainingRows.length);
  const minor = rowsOf.flatMap((count, s) => (isMinor[s] && count > 0 ? [s] : []));
  const major = rowsOf.flatMap((count, s) => (!isMinor[s] && count > 0 ? [s] : []));
  const nothing = (reason: string, candidates = 0): Augmentation => ({
    source: new Int32Array(0),
    target: new Int16Array(0),
    major,
    minor,
    candidates,
    reason,
  });
  const share = `${Math.round(options.minorShare * 1000) / 10} %`;
  if (minor.length === 0)
    return nothing(`No rows are added: no scenario holds less than ${share} of the training rows.`);
  const field = itemField(dataset);
  if (field === null)
    return nothing('No rows are added: the data has no item field, so nothing is known of popularity.');

  const { popularity, unpopular } = unpopularItems(
    popularityOf(dataset, trainingRows, field),
    options.popularity,
    options.quantile,
  );
  const column = dataset.columns[field]!;
  const clicks = trainingRows.filter(
    (row) => dataset.label[row] === 1 && !isMinor[dataset.scenario[row]!] && unpopular[column[row]!] === 1,
  );
  if (clicks.length === 0)
    return nothing('No rows are added: no click on an unpopular item of a major scenario was found.');
  const count = Math.round(options.ratio * trainingRows.length);
  if (count === 0) return nothing('No rows are added: the augmentation ratio is 0.', clicks.length);

  const seed = streamSeed(options.seed, 'aread augmentation');
  const sources = runningSum(Float64Array.from(clicks, (row) => 1 / popularity[column[row]!]!));
  const targets = runningSum(
    targetChances(
      minor.map((s) => rowsOf[s]!),
      count,
    ),
  );
  const fromSource = uniformArray(seed, 'source', count);
  const fromTarget = uniformArray(seed, 'target', count);
  return {
    source: Int32Array.from(fromSource, (u) => clicks[pick(sources, u)]!),
    target: Int16Array.from(fromTarget, (u) => minor[pick(targets, u)]!),
    major,
    minor,
    candidates: clicks.length,
    reason: null,
  };
}

/** Added rows by scenario of origin and destination `[N * N]`. */
export function augmentationCounts(
  dataset: Pick<Dataset, 'scenario' | 'scenarios'>,
  { source, target }: Augmentation,
): Float32Array {
  const n = dataset.scenarios.length;
  const counts = new Float32Array(n * n);
  source.forEach((row, i) => counts[dataset.scenario[row]! * n + target[i]!]!++);
  return counts;
}
