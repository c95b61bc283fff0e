/** What a study keeps of a finished run's metrics. */
import { weightedMean, type Ceilings, type Metrics, type ScenarioMetrics } from '../../training/metrics';
import type { Figures } from './format';

/** Metrics that every run has. */
const METRICS = ['auc', 'noiseFreeAuc', 'interestAuc', 'logLoss'] as const;

function figures(
  overall: number | null,
  scenarios: readonly (number | null)[],
  shares: readonly number[],
): Figures {
  return { overall, mean: weightedMean(scenarios, shares), scenarios: [...scenarios] };
}

/**
 * Figures by metric; what no scenario has (no truth) is left out.
 *
 * @param shares of traffic, by scenario
 */
export function figuresOfRun(final: Metrics, shares: readonly number[]): Record<string, Figures> {
  const read = (one: ScenarioMetrics, metric: (typeof METRICS)[number]) => one[metric];
  const found: Record<string, Figures> = {};
  for (const metric of METRICS) {
    const scenarios = final.scenarios.map((one) => read(one, metric));
    const overall = read(final.overall, metric);
    if (overall === null && scenarios.every((value) => value === null)) continue;
    found[metric] = figures(overall, scenarios, shares);
  }
  return found;
}

/** Ceilings of the test rows in the same shape and with the same weights. */
export function figuresOfCeilings(ceilings: Ceilings, shares: readonly number[]): Figures {
  return figures(ceilings.overall, ceilings.scenarios, shares);
}
