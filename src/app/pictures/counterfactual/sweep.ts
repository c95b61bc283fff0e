/** AUC of M-scan's debiased score at any c, from rows scored once: nothing is retrained, no forward pass runs. */
import { debiasedScores, referenceGrid } from '../../../models/papers/mscan/debiasedScores';
import { auc, noiseFreeAuc } from '../../../training/metrics';
import { tooFew } from '../../../training/metrics/types';
import type { ScoredRows } from '../../../workers/protocol';

export interface SweepPoint {
  readonly c: number;
  readonly overall: number | null;
  readonly scenarios: readonly (number | null)[];
}

/** Rows of a split with what a re-scoring needs, scenario by scenario. */
export interface SweepRows {
  readonly match: Float32Array;
  readonly gate: Float32Array;
  readonly label: Float32Array;
  readonly weight: Float32Array;
  readonly truth: Float32Array | null;
  /** Row places of each scenario. */
  readonly byScenario: readonly Int32Array[];
  /** Scenarios whose drawn clicks are too few for a figure. */
  readonly few: readonly boolean[];
}

/** Null where the run's scores carry no `matchScore` and `scenarioGate` (the eliminator is off). */
export function sweepRows(rows: ScoredRows, scenarios: number): SweepRows | null {
  const { matchScore: match, scenarioGate: gate } = rows.columns;
  if (!match || !gate) return null;
  const places: number[][] = Array.from({ length: scenarios }, () => []);
  rows.scenario.forEach((s, row) => places[s]?.push(row));
  return {
    match,
    gate,
    label: rows.label,
    weight: rows.weight,
    truth: rows.truth,
    byScenario: places.map((own) => Int32Array.from(own)),
    few: places.map((own) =>
      tooFew({ rows: own.length, positives: own.filter((row) => rows.label[row] === 1).length }),
    ),
  };
}

const pick = (values: Float32Array, places: Int32Array): Float32Array => {
  const out = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) out[i] = values[places[i]!]!;
  return out;
};

/** Overall AUC (weighted back to true shares) and each scenario's, at one c. */
export function aucAt(rows: SweepRows, c: number, kind: 'noiseFree' | 'drawn'): SweepPoint {
  const score = debiasedScores(rows.match, rows.gate, c);
  const byTruth = kind === 'noiseFree' && rows.truth !== null;
  const share = byTruth && rows.truth ? rows.truth : rows.label;
  const measure = byTruth ? noiseFreeAuc : auc;
  return {
    c,
    overall: measure(score, share, rows.weight),
    scenarios: rows.byScenario.map((places, s) => {
      if (!byTruth && rows.few[s]) return null;
      const own = new Float64Array(places.length);
      for (let i = 0; i < places.length; i++) own[i] = score[places[i]!]!;
      return measure(own, pick(share, places));
    }),
  };
}

/** The values of c that the drawing shows: the model's own grid, ascending. */
export function sweepGrid(rows: SweepRows): number[] {
  return referenceGrid(rows.match);
}

/** The point with the best overall AUC; of equals, the one nearest to 0. `at` says where a point stands (its c, its α). */
export function bestPoint<P extends { readonly overall: number | null }>(
  points: readonly P[],
  at: (point: P) => number,
): P | null {
  let best: P | null = null;
  for (const point of points) {
    if (point.overall === null) continue;
    const most = best?.overall ?? -Infinity;
    const nearer = best !== null && point.overall === most && Math.abs(at(point)) < Math.abs(at(best));
    if (point.overall > most || nearer) best = point;
  }
  return best;
}
