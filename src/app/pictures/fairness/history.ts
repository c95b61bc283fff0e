/** SAR-Net's coefficients over its refreshes, read from the frames of the probe `fairness` by their labels. */
import type { ProbeSpec } from '../../../models/definition';
import type { Cell, FigureTable } from '../../figure/types';
import { probeAt } from '../../store/runView';
import type { ProbeFrame } from '../../../training/reduceRun';

export type Group = 'intervened' | 'other' | 'all';

/** One group at one refresh; null where the group is empty or its truth unknown. */
export interface GroupSummary {
  readonly mean: number | null;
  readonly median: number | null;
  /** Quartiles; of runs kept without them, tenth and nine tenths. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface FairnessPoint {
  readonly step: number;
  readonly groups: Readonly<Record<Group, GroupSummary>>;
  /** AUC of telling intervened rows by a low coefficient; null where the truth is unknown. */
  readonly recovery: number | null;
}

export interface FairnessHistory {
  readonly points: readonly FairnessPoint[];
  /** What the band spans, for the words beside it. */
  readonly band: 'quartiles' | 'tenths';
  /** Groups that have any number: both kinds of items where the truth is known, else all together. */
  readonly groups: readonly Group[];
}

export function fairnessHistory(
  spec: ProbeSpec,
  frames: readonly ProbeFrame[],
  recovery: readonly ProbeFrame[],
): FairnessHistory {
  const groups = spec.axes[0]?.labels ?? [];
  const bins = spec.axes[1]?.labels ?? [];
  const quartiles = bins.includes('quarter') && bins.includes('three quarters');
  const [low, high] = quartiles ? ['quarter', 'three quarters'] : ['tenth', 'nine tenths'];
  const points = frames.map(({ step, value }): FairnessPoint => {
    const at = (group: Group, bin: string): number | null => {
      const [g, b] = [groups.indexOf(group), bins.indexOf(bin)];
      return g < 0 || b < 0 ? null : probeAt(value, g * bins.length + b);
    };
    const summary = (group: Group): GroupSummary => ({
      mean: at(group, 'mean'),
      median: at(group, 'half'),
      low: at(group, low),
      high: at(group, high),
    });
    const found = recovery.find((frame) => frame.step === step);
    return {
      step,
      groups: { intervened: summary('intervened'), other: summary('other'), all: summary('all') },
      recovery: found ? probeAt(found.value, 0) : null,
    };
  });
  const known = (['intervened', 'other'] as const).filter((group) =>
    points.some((point) => point.groups[group].median !== null),
  );
  return { points, band: quartiles ? 'quartiles' : 'tenths', groups: known.length > 0 ? known : ['all'] };
}

export function fairnessTable({ points, groups, band }: FairnessHistory): FigureTable {
  const edges = band === 'quartiles' ? ['lower quartile', 'upper quartile'] : ['tenth', 'nine tenths'];
  return {
    columns: [
      'step',
      ...groups.flatMap((group) => ['median', ...edges, 'mean'].map((name) => `${group}: ${name}`)),
    ],
    rows: points.map((point): Cell[] => [
      point.step,
      ...groups.flatMap((group) => {
        const { median, low, high, mean } = point.groups[group];
        return [median, low, high, mean];
      }),
    ]),
  };
}
