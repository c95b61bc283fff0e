/** Which AUC a table or curve shows: against drawn clicks, or against the true click probabilities of a simulation. */
import type { Metrics, ScenarioMetrics } from './types';

export type AucKind = 'noiseFree' | 'drawn';

/** The AUC of one scenario, or of all rows pooled. */
export function aucOfKind(kind: AucKind, metrics: ScenarioMetrics | undefined): number | null {
  if (!metrics) return null;
  return kind === 'noiseFree' ? metrics.noiseFreeAuc : metrics.auc;
}

/** The row-weighted mean over scenarios. */
export function domainAucOfKind(kind: AucKind, metrics: Metrics): number | null {
  return kind === 'noiseFree' ? metrics.domainNoiseFreeAuc : metrics.domainAuc;
}
