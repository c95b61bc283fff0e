/** One run's representation as figures read it: points, names and tables. */
import type { FigureTable } from '../../figure/types';
import { formatPercent, roundTo } from '../../format';
import type { RunView } from '../../store/runView';
import type { KeptVectors } from '../../../training/representation/sample';
import type { Points, Relations, RepresentationSample } from '../../../workers/protocol';

export interface Pane {
  readonly scenarios: RunView['scenarios'];
  /** The run's name. */
  readonly title: string;
  readonly sample: RepresentationSample;
  readonly kept: KeptVectors;
  readonly points: Points;
}

const scenarioName = (scenarios: RunView['scenarios'], index: number): string =>
  scenarios[index]?.name ?? String(index + 1);

/** Row of the sample that a point belongs to. */
const rowOf = ({ points }: Pane, point: number): number => Math.floor(point / points.slots);

/** One line about a point: whose row it is, what happened, what was true. */
export function describePoint(pane: Pane, point: number): string {
  const { scenarios, sample, points } = pane;
  const row = rowOf(pane, point);
  const own = scenarioName(scenarios, sample.scenario[row]!);
  const of = scenarioName(scenarios, points.group[point]!);
  const truth = sample.truth ? `, truly ${formatPercent(sample.truth[row])}` : '';
  return `row ${sample.rows[row]}, ${points.slots > 1 ? `${of} (row of ${own})` : own}: ${
    sample.label[row] === 1 ? 'clicked' : 'not clicked'
  }${truth}, predicted ${formatPercent(sample.probability[row])}`;
}

/** Axes as tables name them. */
export type AxisNames = readonly [string, string];

/** Where each scenario's points lie: how many, their middle and their spread on both axes. */
export function summaryTable(
  panes: readonly { readonly pane: Pane; readonly xy: Float32Array }[],
  axes: AxisNames,
): FigureTable {
  const several = panes.length > 1;
  return {
    columns: [
      'scenario',
      ...(several ? ['run'] : []),
      'points',
      `${axes[0]}, mean`,
      `${axes[1]}, mean`,
      `${axes[0]}, deviation`,
      `${axes[1]}, deviation`,
    ],
    rows: panes.flatMap(({ pane, xy }) => {
      const { group, groups } = pane.points;
      const sums = Array.from({ length: groups }, () => ({ n: 0, x: 0, y: 0, xx: 0, yy: 0 }));
      for (let point = 0; point < group.length; point++) {
        const sum = sums[group[point]!]!;
        const [x, y] = [xy[2 * point]!, xy[2 * point + 1]!];
        sum.n++;
        sum.x += x;
        sum.y += y;
        sum.xx += x * x;
        sum.yy += y * y;
      }
      return sums.map(({ n, x, y, xx, yy }, s) => {
        const deviation = (squares: number, total: number): number | null =>
          n > 0 ? Math.sqrt(Math.max(0, squares / n - (total / n) ** 2)) : null;
        return [
          scenarioName(pane.scenarios, s),
          ...(several ? [pane.title] : []),
          n,
          n > 0 ? x / n : null,
          n > 0 ? y / n : null,
          deviation(xx, x),
          deviation(yy, y),
        ];
      });
    }),
  };
}

/** Every point with its row, its place and its hidden vector. */
export function pointTable(
  panes: readonly { readonly pane: Pane; readonly xy: Float32Array }[],
  axes: AxisNames,
): FigureTable {
  const width = Math.max(0, ...panes.map(({ pane }) => pane.points.dim));
  return {
    columns: [
      'run',
      'row',
      'scenario',
      'scenario of row',
      'label',
      'truth',
      'probability',
      ...axes,
      ...Array.from({ length: width }, (_, k) => `h${k + 1}`),
    ],
    rows: panes.flatMap(({ pane, xy }) =>
      Array.from({ length: pane.points.count }, (_, point) => {
        const { scenarios, sample, points } = pane;
        const row = rowOf(pane, point);
        return [
          pane.title,
          sample.rows[row]!,
          scenarioName(scenarios, points.group[point]!),
          scenarioName(scenarios, sample.scenario[row]!),
          sample.label[row]!,
          sample.truth ? sample.truth[row]! : null,
          sample.probability[row]!,
          short(xy[2 * point]!),
          short(xy[2 * point + 1]!),
          ...Array.from({ length: width }, (_, k) =>
            k < points.dim ? short(points.values[point * points.dim + k]!) : null,
          ),
        ];
      }),
    ),
  };
}

/** The digits that a 32-bit number has. */
const short = (value: number): number => roundTo(value, 7);

/** The measures of separation, run by run. */
export function separationTable(
  related: readonly { readonly pane: Pane; readonly relations: Relations }[],
): FigureTable {
  const rows = [
    ['variance between scenarios', 'between'],
    ['variance between scenarios by chance', 'betweenChance'],
    ['silhouette', 'silhouette'],
    ['neighbours of the same scenario', 'neighbours'],
    ['neighbours of the same scenario by chance', 'chance'],
  ] as const;
  return {
    columns: ['measure', ...related.map(({ pane }) => pane.title)],
    rows: rows.map(([title, key]) => [title, ...related.map(({ relations }) => relations.separation[key])]),
  };
}
