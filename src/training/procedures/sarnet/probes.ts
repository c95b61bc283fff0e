/** What a refresh of the coefficients shows, as probes; the truth of a simulated log is used for them alone. */
import { auc } from '../../metrics';
import { divideSums, meanOf, probeValue } from '../../probeValues';
import type { ProbeValue } from '../../events';

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;
/** Between the ranges of `fairnessHistogram`. */
const EDGES = [0.5, 0.8, 0.9, 1, 1.1, 1.25, 2] as const;

/** Mean, quantiles and count of one group of coefficients; undefined (0 and marked so) where the group is empty. */
function summary(values: Float32Array): (number | null)[] | null {
  if (values.length === 0) return null;
  const sorted = values.slice().sort();
  const mean = meanOf(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
  return [mean, ...QUANTILES.map((q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!)];
}

/** Values in each of the ranges between edges. */
function rangeCounts(values: Float32Array): number[] {
  const counts = Array.from({ length: EDGES.length + 1 }, () => 0);
  for (const value of values) counts[EDGES.filter((edge) => value >= edge).length]!++;
  return counts;
}

/** `fairnessDrift` `[N]`: mean |log w_t − log w_{t−1}| over a scenario's rows; undefined without a table before. */
export function fairnessDrift(
  before: Float32Array | null,
  after: Float32Array,
  scenario: Int16Array,
  scenarios: number,
): ProbeValue {
  const sum = new Float64Array(scenarios);
  const count = new Float64Array(scenarios);
  if (before) {
    after.forEach((value, row) => {
      const of = scenario[row]!;
      sum[of]! += Math.abs(Math.log(value) - Math.log(before[row]!));
      count[of]! += 1;
    });
  }
  return divideSums('fairnessDrift', [scenarios], { sum, count });
}

/** `exposure` `[2 (shown, predicted to earn), categories]`: shares of the rows and of their values, by category. */
export function exposureShares(category: Int32Array, value: Float32Array, categories: number): ProbeValue {
  const shown = new Float64Array(categories);
  const earned = new Float64Array(categories);
  category.forEach((of, row) => {
    shown[of]! += 1;
    earned[of]! += value[row]!;
  });
  const total = (of: Float64Array): number => of.reduce((sum, part) => sum + part, 0);
  return divideSums('exposure', [2, categories], {
    sum: [...shown, ...earned],
    count: [total(shown), total(earned)],
  });
}

/**
 * `fairness` `[3 groups (intervened, other, all), 6 (mean, tenth, quarter, half, three quarters, nine tenths)]`, `fairnessByScenario` `[N, 6]`, `fairnessHistogram` `[3, 8 ranges]` and, where the
 * truth is known, `fairnessRecovery` `[1]`: AUC of telling intervened rows by a low coefficient.
 */
export function fairnessProbes(
  coefficient: Float32Array,
  scenario: Int16Array,
  scenarios: number,
  intervened: Uint8Array | null,
): ProbeValue[] {
  const undefinedGroup: null[] = Array.from({ length: 1 + QUANTILES.length }, () => null);
  const group = (keep: (row: number) => boolean) =>
    summary(coefficient.filter((_, row) => keep(row))) ?? undefinedGroup;
  /** Intervened rows, other rows (null where the truth is unknown), all rows. */
  const kinds = [
    intervened && coefficient.filter((_, row) => intervened[row] === 1),
    intervened && coefficient.filter((_, row) => intervened[row] === 0),
    coefficient,
  ];
  const groups = kinds.flatMap((values) => (values && summary(values)) ?? undefinedGroup);
  const known = kinds.map((values) => values ?? new Float32Array(0));
  const byScenario = Array.from({ length: scenarios }, (_, s) => group((row) => scenario[row] === s)).flat();
  const recovery = intervened
    ? auc(
        coefficient.map((value) => -value),
        Float32Array.from(intervened),
      )
    : null;
  return [
    probeValue('fairness', [3, 1 + QUANTILES.length], groups),
    probeValue('fairnessByScenario', [scenarios, 1 + QUANTILES.length], byScenario),
    probeValue('fairnessRecovery', [1], [recovery]),
    divideSums('fairnessHistogram', [3, EDGES.length + 1], {
      sum: known.flatMap(rangeCounts),
      count: known.map((values) => values.length),
    }),
  ];
}
