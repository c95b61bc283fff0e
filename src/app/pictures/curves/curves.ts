/** From a run's histories to what its curves draw. Plain data in, plain data out. */
import type { LinePoint, LineSpec } from '../../charts/Lines';
import type { HeatValues } from '../../charts/heatDraw';
import type { FigureTable } from '../../figure/types';
import type { AucKind } from '../../../training/metrics/aucKind';
import { seriesName } from '../../store/runView';
import type { RunView } from '../../store/runView';
import type { Trace } from '../../store/trace';

/** Lines that one chart can carry and still be read. */
export const MAX_LINES = 6;

/** True where the simulator's truth allows the noise-free figure. */
export function hasTruth(view: RunView): boolean {
  return view.ceilings?.scenarios.some((ceiling) => ceiling !== null) ?? false;
}

/** The figure that can be drawn: the noise-free one needs truth. */
export function drawnFigure(view: RunView, wanted: AucKind): AucKind {
  return view.ceilings !== null && !hasTruth(view) ? 'drawn' : wanted;
}

export function aucSeries(figure: AucKind, scenario: number): string {
  return seriesName(figure === 'noiseFree' ? 'noiseFreeAuc' : 'auc', scenario);
}

export function domainSeries(figure: AucKind): string {
  return figure === 'noiseFree' ? 'domainNoiseFreeAuc' : 'domainAuc';
}

/** Few scenarios: a line each and the mean. */
export function scenarioLines(
  view: RunView,
  figure: AucKind,
  colours: readonly string[],
  ink: string,
): readonly LineSpec[] {
  const lines: LineSpec[] = view.scenarios.map((scenario, s) => ({
    key: aucSeries(figure, s),
    label: scenario.name,
    colour: colours[s]!,
    scenario: scenario.id,
    ceiling: view.ceilings?.scenarios[s] ?? null,
  }));
  if (lines.length > 1 && lines.length < MAX_LINES)
    lines.push({ key: domainSeries(figure), label: 'mean', colour: ink, dash: '5 3', width: 1.25 });
  return lines;
}

/** Every series of the lines at every kept step. */
export function pointsOf(trace: Trace, keys: readonly string[]): readonly LinePoint[] {
  return Array.from({ length: trace.length }, (_, k) => {
    const point: Record<string, number | null> & { x: number } = { x: trace.step(k) };
    for (const key of keys) point[key] = trace.value(key, k);
    return point;
  });
}

/** Summaries by step; the figures of a step never change, so each is made once a run. */
const summaries = new WeakMap<Trace, Map<string, LinePoint>>();

/** Many scenarios: mean, best, worst and median over scenarios at each step. */
export function summaryPoints(view: RunView, figure: AucKind): readonly LinePoint[] {
  const { metrics } = view;
  const known = summaries.get(metrics) ?? new Map<string, LinePoint>();
  const kept = new Map<string, LinePoint>();
  const points = Array.from({ length: metrics.length }, (_, k) => {
    const key = `${figure} ${view.scenarios.length} ${metrics.step(k)}`;
    const point = known.get(key) ?? summaryAt(view, figure, k);
    kept.set(key, point);
    return point;
  });
  // Points that went with a thinned history go here too.
  summaries.set(metrics, kept);
  return points;
}

function summaryAt({ metrics, scenarios }: RunView, figure: AucKind, k: number): LinePoint {
  const values: number[] = [];
  for (let s = 0; s < scenarios.length; s++) {
    const value = metrics.value(aucSeries(figure, s), k);
    if (value !== null) values.push(value);
  }
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return {
    x: metrics.step(k),
    mean: metrics.value(domainSeries(figure), k),
    best: values.at(-1) ?? null,
    worst: values[0] ?? null,
    median:
      values.length === 0
        ? null
        : values.length % 2
          ? values[middle]!
          : (values[middle]! + values[middle - 1]!) / 2,
  };
}

export const SUMMARY_LINES: readonly {
  readonly key: string;
  readonly label: string;
  readonly dash?: string;
  readonly width: number;
}[] = [
  { key: 'best', label: 'best', dash: '2 3', width: 1.25 },
  { key: 'mean', label: 'mean', width: 2 },
  { key: 'median', label: 'median', dash: '6 3', width: 1.25 },
  { key: 'worst', label: 'worst', dash: '2 3', width: 1.25 },
];

/**
 * Scenario by time, largest scenario first. Columns are equal spans of the whole run, so nothing moves while it fills;
 * a span without an evaluation repeats the one before it.
 */
export function heatOverTime(
  view: RunView,
  figure: AucKind,
  order: readonly number[],
  columns: number,
): HeatValues {
  const values = new Float32Array(order.length * columns);
  const defined = new Uint8Array(order.length * columns);
  const { metrics } = view;
  const width = Math.max(1, view.steps) / columns;
  order.forEach((scenario, row) => {
    const read = metrics.reader(aucSeries(figure, scenario));
    let from = 0;
    let before: number | null = null;
    for (let k = 0; k < metrics.length; k++) {
      const value = read(k);
      const column = Math.min(columns - 1, Math.max(0, Math.ceil(metrics.step(k) / width) - 1));
      for (let c = from; c < column; c++) {
        if (before === null) continue;
        values[row * columns + c] = before;
        defined[row * columns + c] = 1;
      }
      from = column;
      if (value !== null) {
        values[row * columns + column] = value;
        defined[row * columns + column] = 1;
      }
      before = value;
    }
  });
  return { rows: order.length, columns, values, defined };
}

/** Largest scenario first. */
export function byShare(scenarios: RunView['scenarios']): readonly number[] {
  return scenarios.map((_, s) => s).sort((a, b) => scenarios[b]!.share - scenarios[a]!.share || a - b);
}

/** Step by scenario, with the mean. Where there are many scenarios only so many rows as stay light in the page. */
export function curveTable(view: RunView, figure: AucKind): FigureTable {
  const { metrics, scenarios } = view;
  const limit = Math.max(12, Math.min(300, Math.floor(2000 / Math.max(1, scenarios.length))));
  const stride = Math.ceil(metrics.length / limit) || 1;
  const rows: (number | null)[][] = [];
  for (let k = 0; k < metrics.length; k++) {
    if (k % stride !== 0 && k !== metrics.length - 1) continue;
    rows.push([
      metrics.step(k),
      ...scenarios.map((_, s) => metrics.value(aucSeries(figure, s), k)),
      metrics.value(domainSeries(figure), k),
    ]);
  }
  return { columns: ['step', ...scenarios.map((scenario) => scenario.name), 'mean'], rows };
}

/** Step by loss term. */
export function lossTable(view: RunView): FigureTable {
  const { losses } = view;
  const stride = Math.ceil(losses.length / 300) || 1;
  const rows: (number | null)[][] = [];
  for (let k = 0; k < losses.length; k++) {
    if (k % stride !== 0 && k !== losses.length - 1) continue;
    rows.push([losses.step(k), ...losses.series.map((name) => losses.value(name, k))]);
  }
  return { columns: ['step', ...losses.series], rows };
}
