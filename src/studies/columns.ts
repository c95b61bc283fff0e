/** Columns of a study's tables: scenarios where there are few, summary metrics where there are many. */
import { aucForMeans, aucOfKind, domainAucOfKind, missingAuc } from '../training/metrics/aucKind';
import type { AucKind, MissingAuc } from '../training/metrics/aucKind';
import { groupMean, weightedMean } from '../training/metrics/scenarioMeans';
import type { Ceilings, Metrics } from '../training/metrics/types';
import type { RunRecord } from '../training/runRecord';

/** Final metrics of a run and the scenarios that they are of, in the same order. */
export interface RunMetrics {
  readonly scenarios: RunRecord['scenarios'];
  readonly final: Metrics;
}

export interface StudyColumn {
  /** Scenario id, or the name of a summary: `mean` (by evaluation rows), `traffic`, `overall`, `major`, `minor`, `minor5`. */
  readonly key: string;
  readonly label: string;
  readonly of: (run: RunMetrics, kind: AucKind) => number | null;
  /** Why a run has no figure here, where that can be told of one scenario. */
  readonly missing?: (run: RunMetrics, kind: AucKind) => MissingAuc | null;
  /** The best that any model reaches; null where nothing is known of the truth, or no ceiling is computed. */
  readonly ceiling: (ceilings: Ceilings) => number | null;
}

/** More scenarios than this are shown by their summary metrics. */
const MAX_SCENARIOS = 6;

/** Scenarios of most (`major`) or least traffic, each weighed by its share of the traffic. */
function grouped(
  group: 'major' | 'minor',
  count: number,
  evaluated: 'major5Auc' | 'minor10Auc' | 'minor5Auc',
): StudyColumn['of'] {
  return ({ final, scenarios }, kind) => {
    // An evaluation gives these groups for drawn clicks.
    if (kind === 'drawn') return final[evaluated];
    const shares = scenarios.map(({ share }) => share);
    const aucs = final.scenarios.map((one) => aucForMeans(kind, one));
    return groupMean(aucs, shares, shares, group, count);
  };
}

/** Figures of several scenarios in one. */
export const summaryColumns = {
  overall: {
    key: 'overall',
    label: 'All rows',
    of: ({ final }, kind) => aucOfKind(kind, final.overall),
    ceiling: (ceilings) => ceilings.overall,
  },
  mean: {
    key: 'mean',
    label: 'Mean by rows',
    of: ({ final }, kind) => domainAucOfKind(kind, final),
    ceiling: (ceilings) => ceilings.domain,
  },
  traffic: {
    key: 'traffic',
    label: 'Mean by traffic',
    of: ({ final, scenarios }, kind) =>
      weightedMean(
        final.scenarios.map((one) => aucForMeans(kind, one)),
        scenarios.map(({ share }) => share),
      ),
    ceiling: () => null,
  },
  major: {
    key: 'major',
    label: 'Five largest',
    of: grouped('major', 5, 'major5Auc'),
    ceiling: () => null,
  },
  minor: {
    key: 'minor',
    label: 'Ten smallest',
    of: grouped('minor', 10, 'minor10Auc'),
    ceiling: () => null,
  },
  minor5: {
    key: 'minor5',
    label: 'Five smallest',
    of: grouped('minor', 5, 'minor5Auc'),
    ceiling: () => null,
  },
} as const satisfies Readonly<Record<string, StudyColumn>>;

/** By id: another run may have its scenarios in another order. */
function ofScenario({ final, scenarios }: RunMetrics, id: string): Metrics['overall'] | undefined {
  return final.scenarios[scenarios.findIndex((one) => one.id === id)];
}

/** One column a scenario; none where there are too many to be read side by side. */
export function scenarioColumns(scenarios: RunMetrics['scenarios']): readonly StudyColumn[] {
  if (scenarios.length > MAX_SCENARIOS) return [];
  return scenarios.map(({ id, name }, s) => ({
    key: id,
    label: name,
    of: (run, kind) => aucOfKind(kind, ofScenario(run, id)),
    missing: (run, kind) => missingAuc(kind, ofScenario(run, id)),
    ceiling: (ceilings) => ceilings.scenarios[s] ?? null,
  }));
}
