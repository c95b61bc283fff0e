/** What both sweeps draw: the overall AUC and the largest scenarios', over c or over α. */
import type { LinePoint, LineSpec } from '../../charts/lineSpec';
import { scenarioColours } from '../../colour/scenario';
import { INK } from '../../colour/tokens';
import type { Theme } from '../../colour/scales';
import type { RunView } from '../../store/runView';
import { byShare, MAX_LINES } from '../curves/curves';
import { bestPoint } from './sweep';

export interface SweptPoint {
  readonly x: number;
  readonly overall: number | null;
  readonly scenarios: readonly (number | null)[];
}

export interface SweepChart {
  readonly lines: readonly LineSpec[];
  readonly points: readonly LinePoint[];
  /** Of everything drawn; null before the first number. */
  readonly range: { readonly min: number; readonly max: number } | null;
}

/** @param swept points in the order of x; the one with the best overall AUC is marked by a dot */
export function sweepChart(
  scenarios: RunView['scenarios'],
  theme: Theme,
  swept: readonly SweptPoint[],
  bestLabel: string,
): SweepChart {
  const best = bestPoint(swept, ({ x }) => x);
  const colours = scenarioColours(scenarios, theme);
  const drawn = byShare(scenarios).slice(0, MAX_LINES - 1);
  const lines: LineSpec[] = [
    { key: 'overall', label: 'overall', colour: INK, dash: '6 3' },
    ...drawn.map((s) => ({
      key: `s${s}`,
      label: scenarios[s]!.name,
      colour: colours[s]!,
      scenario: scenarios[s]!.id,
    })),
    ...(best && swept.length > 1
      ? [{ key: 'best', label: bestLabel, colour: INK, dots: true, mark: true }]
      : []),
  ];
  const points = swept.map((point): LinePoint => ({
    ...Object.fromEntries(drawn.map((s) => [`s${s}`, point.scenarios[s] ?? null])),
    overall: point.overall,
    best: point === best ? point.overall : null,
    x: point.x,
  }));
  const values = points
    .flatMap((point) => lines.map(({ key }) => point[key] ?? null))
    .filter((value) => value !== null);
  const range = values.length > 0 ? { min: Math.min(...values), max: Math.max(...values) } : null;
  return { lines, points, range };
}
