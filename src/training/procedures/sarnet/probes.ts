/** What a refresh of the coefficients shows, as probes; the truth of a simulated log is used for them alone. */
import { auc } from '../../metrics';
import type { ProbeValue } from '../../events';

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;
/** Between the ranges of `fairnessHistogram`. */
const EDGES = [0.5, 0.8, 0.9, 1, 1.1, 1.25, 2] as const;

/** Mean, quantiles and count of one group of coefficients; undefined (0 and marked so) where the group is empty. */
function summary(values: Float32Array): number[] | null {
  if (values.length === 0) return null;
  const sorted = values.slice().sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, ...QUANTILES.map((q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!)];
}

function probe(name: string, shape: readonly number[], cells: readonly (number | null)[]): ProbeValue {
  return {
    name,
    shape,
    values: Float32Array.from(cells, (cell) => cell ?? 0),
    defined: Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)),
  };
}

/** Shares of the ranges between edges; null where the group is empty. */
function histogram(values: Float32Array): number[] | null {
  if (values.length === 0) return null;
  const counts = Array.from({ length: EDGES.length + 1 }, () => 0);
  for (const value of values) counts[EDGES.filter((edge) => value >= edge).length]!++;
  return counts.map((count) => count / values.length);
}

/** `fairnessDrift` `[N]`: mean |log w_t − log w_{t−1}| over a scenario's rows; undefined without a table before. */
export function fairnessDrift(
  before: Float32Array | null,
  after: Float32Array,
  scenario: Int16Array,
  scenarios: number,
): ProbeValue {
  const cells = Array.from({ length: scenarios }, (_, s): number | null => {
    if (!before) return null;
    let [sum, rows] = [0, 0];
    for (let row = 0; row < after.length; row++) {
      if (scenario[row] !== s) continue;
      sum += Math.abs(Math.log(after[row]!) - Math.log(before[row]!));
      rows++;
    }
    return rows > 0 ? sum / rows : null;
  });
  return probe('fairnessDrift', [scenarios], cells);
}

/** `exposure` `[2 (shown, predicted to earn), categories]`: shares of the rows and of their values, by category. */
export function exposureShares(category: Int32Array, value: Float32Array, categories: number): ProbeValue {
  const [shown, earned] = [0, 1].map(() => Array.from({ length: categories }, () => 0)) as [
    number[],
    number[],
  ];
  category.forEach((of, row) => {
    shown[of]!++;
    earned[of]! += value[row]!;
  });
  const shares = (of: readonly number[]): (number | null)[] => {
    const all = of.reduce((sum, part) => sum + part, 0);
    return of.map((part) => (all > 0 ? part / all : null));
  };
  return probe('exposure', [2, categories], [...shares(shown), ...shares(earned)]);
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
  const noRanges: null[] = Array.from({ length: EDGES.length + 1 }, () => null);
  const ranges = kinds.flatMap((values) => (values && histogram(values)) ?? noRanges);
  const byScenario = Array.from({ length: scenarios }, (_, s) => group((row) => scenario[row] === s)).flat();
  const recovery = intervened
    ? auc(
        coefficient.map((value) => -value),
        Float32Array.from(intervened),
      )
    : null;
  return [
    probe('fairness', [3, 1 + QUANTILES.length], groups),
    probe('fairnessByScenario', [scenarios, 1 + QUANTILES.length], byScenario),
    probe('fairnessRecovery', [1], [recovery]),
    probe('fairnessHistogram', [3, EDGES.length + 1], ranges),
  ];
}
