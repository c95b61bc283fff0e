/** Columns of an ablation's table: scenarios where there are few, groups of them where there are many. */
import { aucOfKind, domainAucOfKind } from '../../training/metrics/aucKind';
import type { AucKind } from '../../training/metrics/aucKind';
import { groupMean } from '../../training/metrics/domain';
import type { PublishedColumn } from '../published';
import type { FinalFigures } from './ablation';

export interface AblationColumn {
  /** Scenario id, or the name of a summary. */
  readonly key: string;
  readonly label: string;
  readonly of: (run: FinalFigures, kind: AucKind) => number | null;
}

/** More scenarios than this are shown by their summary figures. */
const MAX_SCENARIOS = 6;

function grouped(group: 'major' | 'minor', count: number): AblationColumn['of'] {
  return ({ final, scenarios }, kind) =>
    groupMean(
      final.scenarios.map((one) => aucOfKind(kind, one)),
      final.scenarios.map((one) => one.rows),
      scenarios.map((one) => one.share),
      group,
      count,
    );
}

const overall: AblationColumn = {
  key: 'overall',
  label: 'All rows',
  of: ({ final }, kind) => aucOfKind(kind, final.overall),
};

const mean: AblationColumn = {
  key: 'mean',
  label: 'Mean by rows',
  of: ({ final }, kind) => domainAucOfKind(kind, final),
};

export const minor: AblationColumn = {
  key: 'minor',
  label: 'Ten smallest',
  of: grouped('minor', 10),
};

export function columnsOf(scenarios: FinalFigures['scenarios']): readonly AblationColumn[] {
  if (scenarios.length > MAX_SCENARIOS) {
    return [
      overall,
      mean,
      { key: 'major', label: 'Five largest', of: grouped('major', 5) },
      minor,
      { key: 'minor5', label: 'Five smallest', of: grouped('minor', 5) },
    ];
  }
  return [
    ...scenarios.map(({ id, name }): AblationColumn => ({
      key: id,
      label: name,
      of: (run, kind) =>
        aucOfKind(kind, run.final.scenarios[run.scenarios.findIndex((one) => one.id === id)]),
    })),
    overall,
    mean,
  ];
}

/** Key of the column that a printed one answers to; null where this dataset has none. */
export function keyOfPrinted(column: PublishedColumn, scenarios: FinalFigures['scenarios']): string | null {
  if (column.overall) return 'overall';
  if (column.scenario !== undefined) return scenarios.find((one) => one.id === column.scenario)?.id ?? null;
  const byShare = [...scenarios].sort((a, b) => b.share - a.share);
  return byShare[(column.rank ?? 0) - 1]?.id ?? null;
}
