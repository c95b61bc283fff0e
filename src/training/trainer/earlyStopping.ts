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
