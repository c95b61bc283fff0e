/** An AUC against some truth, as studies keep it: overall, as the mean over scenarios, and of each. */
import { noiseFreeAuc, weightedMean } from '../metrics';

export interface Figure {
  /** All rows pooled. */
  readonly overall: number | null;
  /** Mean over scenarios, weighted by traffic. */
  readonly mean: number | null;
  /** `[N]`; null where undefined. */
  readonly scenarios: readonly (number | null)[];
}

/** Rows that are judged, in one order. All arrays are `[n]`. */
export interface JudgedRows {
  /** Number of scenarios N. */
  readonly scenarios: number;
  readonly scenario: ArrayLike<number>;
  /** Brings a row back to its scenario's true share. */
  readonly weight: ArrayLike<number>;
  /** How far a row is a positive, 0…1: a probability or a label. */
  readonly share: ArrayLike<number>;
}

/**
 * @param score ranks rows `[n]`
 * @param counts rows that count `[n]`, 0 or 1; all where left out
 */
export function aucFigure(
  score: ArrayLike<number>,
  rows: JudgedRows,
  counts: ArrayLike<number> | null = null,
): Figure {
  const { scenarios, scenario, weight, share } = rows;
  const places: number[] = [];
  for (let i = 0; i < score.length; i++) if (!counts || counts[i] === 1) places.push(i);
  const pick = (values: ArrayLike<number>, of: readonly number[]): Float64Array =>
    Float64Array.from(of, (i) => values[i]!);
  const aucOf = (of: readonly number[]): number | null =>
    noiseFreeAuc(pick(score, of), pick(share, of), pick(weight, of));
  const byScenario: number[][] = Array.from({ length: scenarios }, () => []);
  for (const i of places) byScenario[scenario[i]!]!.push(i);
  const aucs = byScenario.map(aucOf);
  const traffic = byScenario.map((of) => of.reduce((sum, i) => sum + weight[i]!, 0));
  return { overall: aucOf(places), mean: weightedMean(aucs, traffic), scenarios: aucs };
}
