/** Figures of the scenario table: one row each, `null` where undefined. */
import { aucOfKind, missingAuc } from '../../training/metrics/aucKind';
import type { AucKind } from '../../training/metrics/aucKind';
import { aucRatio, relaImpr } from '../../training/metrics/relaImpr';
import type { Metrics } from '../../training/metrics/types';
import type { RunView } from '../store/runView';

export interface ScenarioRow {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly share: number;
  readonly clickRate: number;
  /** Rows that the metrics are computed from; null before the first evaluation. */
  readonly rows: number | null;
  readonly auc: number | null;
  /** The AUC is one of drawn clicks, from too few rows of one class to be a figure. */
  readonly tooFew: boolean;
  /** Standard error of the AUC on drawn labels (Hanley and McNeil 1982); null for noise-free AUC. */
  readonly aucError: number | null;
  readonly ceiling: number | null;
  readonly logLoss: number | null;
  readonly calibration: number | null;
  readonly relaImpr: number | null;
  /** The plain ratio that CausalInt and M-scan print under the same name. */
  readonly aucRatio: number | null;
}

/** Standard error of an AUC from `positives` and `negatives` drawn labels (Hanley and McNeil 1982, Eq 2). */
export function aucStandardError(auc: number | null, positives: number, negatives: number): number | null {
  if (auc === null || positives < 1 || negatives < 1) return null;
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}

/** The metrics that count: test rows with the best weights once a run is done, else the last evaluation. */
export function currentMetrics(view: RunView): { readonly metrics: Metrics | null; readonly final: boolean } {
  return view.final ? { metrics: view.final, final: true } : { metrics: view.latest, final: false };
}

export function scenarioRows(
  view: RunView,
  kind: AucKind,
  reference: RunView | null,
): readonly ScenarioRow[] {
  const { metrics } = currentMetrics(view);
  const base = reference ? currentMetrics(reference).metrics : null;
  return view.scenarios.map((scenario, index) => {
    const own = metrics?.scenarios[index];
    const auc = aucOfKind(kind, own);
    // Scenarios are matched by id: the other run may have trained on another dataset.
    const there = reference?.scenarios.findIndex((other) => other.id === scenario.id) ?? -1;
    return {
      id: scenario.id,
      name: scenario.name,
      index,
      share: scenario.share,
      clickRate: scenario.clickRate,
      rows: own?.rows ?? null,
      auc,
      tooFew: missingAuc(kind, own) === 'too few',
      aucError:
        kind === 'drawn' && own ? aucStandardError(auc, own.positives, own.rows - own.positives) : null,
      ceiling: view.ceilings?.scenarios[index] ?? null,
      logLoss: own?.logLoss ?? null,
      calibration: own?.calibration ?? null,
      relaImpr: base && there >= 0 ? relaImpr(auc, aucOfKind(kind, base.scenarios[there])) : null,
      aucRatio: base && there >= 0 ? aucRatio(auc, aucOfKind(kind, base.scenarios[there])) : null,
    };
  });
}
