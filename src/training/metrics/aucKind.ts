/**
 * Which AUC a table or curve shows: against drawn clicks, or against the true click probabilities of a simulation. Here
 * alone is decided whether there are enough clicks for it to be a figure.
 */
import { tooFew } from './types';
import type { Metrics, ScenarioMetrics } from './types';

export type AucKind = 'noiseFree' | 'drawn';

/** Why a scenario has no AUC: one class only, or fewer than ten rows of a class. */
export type MissingAuc = 'undefined' | 'too few';

/** The AUC as a part of a mean by rows, in which a scenario of few rows counts little; by itself it may be no figure. */
export function aucForMeans(kind: AucKind, metrics: ScenarioMetrics | undefined): number | null {
  if (!metrics) return null;
  return kind === 'noiseFree' ? metrics.noiseFreeAuc : metrics.auc;
}

/** The AUC of one scenario, or of all rows pooled, as a figure: null where it is undefined, or its clicks are too few. */
export function aucOfKind(kind: AucKind, metrics: ScenarioMetrics | undefined): number | null {
  return missingAuc(kind, metrics) === null ? aucForMeans(kind, metrics) : null;
}

/** Why there is no figure; null where there is one. */
export function missingAuc(kind: AucKind, metrics: ScenarioMetrics | undefined): MissingAuc | null {
  if (!metrics || aucForMeans(kind, metrics) === null) return 'undefined';
  return kind === 'drawn' && tooFew(metrics) ? 'too few' : null;
}

/** The AUC as a cell of a table of numbers: null is undefined. */
export function aucCell(kind: AucKind, metrics: ScenarioMetrics | undefined): number | 'too few' | null {
  return missingAuc(kind, metrics) === 'too few' ? 'too few' : aucOfKind(kind, metrics);
}

/** The row-weighted mean over scenarios. */
export function domainAucOfKind(kind: AucKind, metrics: Metrics): number | null {
  return kind === 'noiseFree' ? metrics.domainNoiseFreeAuc : metrics.domainAuc;
}
