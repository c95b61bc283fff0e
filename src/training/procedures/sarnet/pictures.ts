/** What a refresh of the coefficients shows; the truth of a simulated log is used for the picture alone. */
import { auc } from '../../metrics';
import type { ProbeValue } from '../../events';

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

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

/**
 * `fairness` `[3 groups (intervened, other, all), 6 (mean, tenth, quarter, half, three quarters, nine tenths)]`, `fairnessByScenario` `[N, 6]` and, where the
 * truth is known, `fairnessRecovery` `[1]`: AUC of telling intervened rows by a low coefficient.
 */
export function fairnessPictures(
  coefficient: Float32Array,
  scenario: Int16Array,
  scenarios: number,
  intervened: Uint8Array | null,
): ProbeValue[] {
  const undefinedGroup: null[] = Array.from({ length: 1 + QUANTILES.length }, () => null);
  const group = (keep: (row: number) => boolean) =>
    summary(coefficient.filter((_, row) => keep(row))) ?? undefinedGroup;
  const groups = [
    ...(intervened ? group((row) => intervened[row] === 1) : undefinedGroup),
    ...(intervened ? group((row) => intervened[row] === 0) : undefinedGroup),
    ...group(() => true),
  ];
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
  ];
}
