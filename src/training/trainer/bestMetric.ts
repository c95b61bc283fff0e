/** Early stopping: the chosen metric, whether it improved, and how long ago. Plain data, so that a checkpoint holds it. */
import type { Metrics } from '../metrics/types';
import type { TrainingSettings } from '../settings';

export type StopMetric = TrainingSettings['stopMetric'];

export interface Best {
  /** Metric of the best evaluation; null before the first defined one. */
  readonly value: number | null;
  readonly step: number;
  /** Evaluations since. */
  readonly since: number;
  /** Moving mean of the metric; only of one that is smoothed, and not in checkpoints of earlier versions. */
  readonly smooth?: number;
}

export const noBest: Best = { value: null, step: 0, since: 0 };

/** The metric to watch, larger is better; null where undefined. */
export function monitoredValue(metric: StopMetric, metrics: Metrics): number | null {
  switch (metric) {
    case 'none':
      return null;
    case 'domainAuc':
      return metrics.domainAuc;
    case 'auc':
      return metrics.overall.auc;
    case 'noiseFreeAuc':
      return metrics.domainNoiseFreeAuc;
    case 'logLoss':
      return metrics.overall.logLoss === null ? null : -metrics.overall.logLoss;
  }
}

/** What the newest evaluation weighs in a moving mean. */
const NEWEST = 0.5;

/** The best after an evaluation. An AUC on some hundred drawn clicks jumps by more than it rises, so the mean over scenarios is smoothed. */
export function judge(
  best: Best,
  metric: StopMetric,
  metrics: Metrics,
  step: number,
): { readonly best: Best; readonly improved: boolean } {
  const value = monitoredValue(metric, metrics);
  if (metric !== 'domainAuc' || value === null) return updateBest(best, value, step);
  const smooth = best.smooth === undefined ? value : best.smooth + NEWEST * (value - best.smooth);
  const next = updateBest(best, smooth, step);
  return { ...next, best: { ...next.best, smooth } };
}

/** What an evaluation makes of the best so far. An undefined metric neither improves nor counts against patience. */
export function updateBest(
  best: Best,
  metric: number | null,
  step: number,
): { readonly best: Best; readonly improved: boolean } {
  if (metric === null) return { best, improved: false };
  if (best.value === null || metric > best.value)
    return { best: { value: metric, step, since: 0 }, improved: true };
  return { best: { ...best, since: best.since + 1 }, improved: false };
}
