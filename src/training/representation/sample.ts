/** Hidden vectors of a sample of rows: what is kept of them with a run, and how they are read back. */
import { permutation } from '../../engine/random';
import { rowsOfSplit } from '../sampling';
import type { Dataset, SplitName } from '../../data/dataset';
import type { Points } from './points';

/** Points of one sample at most. */
export const MAX_POINTS = 2000;
/** Numbers kept of one representation at most (two bytes each): wide ones keep fewer rows. */
export const MAX_NUMBERS = 262_144;

/** One representation of the sample's first rows, quantised. */
export interface KeptVectors {
  /** Name of the model's probe. */
  readonly name: string;
  /** How many of the sample's rows, from the first. */
  readonly rows: number;
  /** Vectors a row: 1, or one in each scenario. */
  readonly slots: number;
  /** Width of a vector. */
  readonly dim: number;
  /** `[rows * slots * dim]`: a value is `low + code * step` of its unit. */
  readonly codes: Uint16Array;
  /** `[dim]` */
  readonly low: Float32Array;
  readonly step: Float32Array;
}

/** Hidden vectors of rows that depend on the dataset alone, so that two runs show the same rows. */
export interface RepresentationSample {
  /** Training step of the weights. */
  readonly step: number;
  readonly split: SplitName;
  /** Row numbers in the dataset, scenario after scenario in turn: any beginning is balanced. */
  readonly rows: Int32Array;
  /** Scenario index of each row. */
  readonly scenario: Uint16Array;
  readonly label: Float32Array;
  /** True click probability of simulated rows, else null. */
  readonly truth: Float32Array | null;
  /** The model's own click probability. */
  readonly probability: Float32Array;
  readonly vectors: readonly KeptVectors[];
}

/** Rows of a split, one of every scenario in turn, each scenario's in an order drawn once for the dataset. */
export function balancedRows(
  dataset: Pick<Dataset, 'rows' | 'split' | 'scenario' | 'scenarios'>,
  split: SplitName,
  limit = MAX_POINTS,
): Int32Array {
  const byScenario: number[][] = dataset.scenarios.map(() => []);
  for (const row of rowsOfSplit(dataset, split)) byScenario[dataset.scenario[row]!]!.push(row);
  const orders = byScenario.map((rows, s) => permutation(0, `representation ${split} ${s}`, rows.length));
  const count = Math.min(
    limit,
    byScenario.reduce((sum, rows) => sum + rows.length, 0),
  );
  const chosen = new Int32Array(count);
  for (let turn = 0, at = 0; at < count; turn++) {
    for (let s = 0; s < byScenario.length && at < count; s++) {
      const place = orders[s]![turn];
      if (place !== undefined) chosen[at++] = byScenario[s]![place]!;
    }
  }
  return chosen;
}

/** How many of `count` rows a representation of this size keeps; at least one. */
export function keptRows(count: number, slots: number, dim: number): number {
  return Math.min(
    count,
    Math.max(1, Math.min(Math.floor(MAX_POINTS / slots), Math.floor(MAX_NUMBERS / (slots * dim)))),
  );
}

const LEVELS = 65_535;

/** `[count * dim]` as 16-bit codes: an error of at most 1/131070 of a unit's range. */
export function quantise(
  values: Float32Array,
  dim: number,
): Pick<KeptVectors, 'dim' | 'codes' | 'low' | 'step'> {
  const low = new Float32Array(dim).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(dim).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const unit = i % dim;
    if (values[i]! < low[unit]!) low[unit] = values[i]!;
    if (values[i]! > high[unit]!) high[unit] = values[i]!;
  }
  const step = high.map((top, unit) => (values.length === 0 ? 0 : (top - low[unit]!) / LEVELS));
  if (values.length === 0) low.fill(0);
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const unit = i % dim;
    if (step[unit]! > 0)
      codes[i] = Math.min(LEVELS, Math.max(0, Math.round((values[i]! - low[unit]!) / step[unit]!)));
  }
  return { dim, codes, low, step };
}

/** The vectors of a kept representation as points; a point's group is its scenario. */
export function pointsOf(sample: RepresentationSample, kept: KeptVectors, groups: number): Points {
  const { rows, slots, dim, codes, low, step } = kept;
  const values = new Float32Array(codes.length);
  for (let from = 0; from < codes.length; from += dim) {
    for (let k = 0; k < dim; k++) values[from + k] = low[k]! + codes[from + k]! * step[k]!;
  }
  const group = Uint16Array.from({ length: rows * slots }, (_, point) =>
    slots === 1 ? sample.scenario[point]! : point % slots,
  );
  return { values, count: rows * slots, dim, group, groups, slots };
}
