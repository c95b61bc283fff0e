/** From a run's histories to what its curves draw. Plain data in, plain data out. */
import type { LinePoint, LineSpec } from '../../charts/lineSpec';
import { DEFINED, NOT_YET, UNDEFINED, type HeatValues } from '../../charts/heatDraw';
import type { FigureTable } from '../../figure/types';
import { aucCell, aucOfKind, domainAucOfKind } from '../../../training/metrics/aucKind';
import type { AucKind } from '../../../training/metrics/aucKind';
import type { Metrics } from '../../../training/metrics/types';
import type { RunView } from '../../store/runView';

/** Lines that one chart can carry and still be read. */
export const MAX_LINES = 6;

/** True where the simulator's truth allows the noise-free AUC. */
export function hasTruth(view: RunView): boolean {
  return view.ceilings?.scenarios.some((ceiling) => ceiling !== null) ?? false;
}

/** What the mark of the best step says: which metric on validation rows chose it. */
export function bestStepLabel(metric: RunView['setup']['training']['stopMetric']): string {
  return BEST_STEP[metric];
}

const BEST_STEP = {
  none: 'last step',
  domainAuc: 'best smoothed AUC',
  auc: 'best AUC on drawn clicks',
  logLoss: 'best log loss',
  noiseFreeAuc: 'best noise-free AUC',
} as const;

/** The kind of AUC that can be drawn: the noise-free one needs truth. */
export function drawnAucKind(view: RunView, wanted: AucKind): AucKind {
  return view.ceilings !== null && !hasTruth(view) ? 'drawn' : wanted;
}

/** Key of a scenario's line. */
function aucKey(scenario: number): string {
  return `auc/${scenario}`;
}

/** Key of the line of the mean over scenarios. */
const MEAN = 'mean';

/** Few scenarios: a line each and the mean. */
export function scenarioLines(
  view: Pick<RunView, 'scenarios' | 'ceilings'>,
  colours: readonly string[],
  ink: string,
): readonly LineSpec[] {
  const lines: LineSpec[] = view.scenarios.map((scenario, s) => ({
    key: aucKey(s),
    label: scenario.name,
    colour: colours[s]!,
    scenario: scenario.id,
    ceiling: view.ceilings?.scenarios[s] ?? null,
  }));
  if (lines.length > 1 && lines.length < MAX_LINES)
    lines.push({ key: MEAN, label: 'mean', colour: ink, dash: '5 3', width: 1.25 });
  return lines;
}

type Evaluations = RunView['evaluations']['points'];

/** Few scenarios: every scenario's AUC and their mean at every kept step. */
export function scenarioPoints(evaluations: Evaluations, kind: AucKind): readonly LinePoint[] {
  return evaluations.map(({ step, metrics }) => ({
    ...Object.fromEntries(metrics.scenarios.map((scenario, s) => [aucKey(s), aucOfKind(kind, scenario)])),
    [MEAN]: domainAucOfKind(kind, metrics),
    x: step,
  }));
}

/** Every loss term at every kept step. */
export function lossPoints(losses: RunView['losses']['points']): readonly LinePoint[] {
  return losses.map(({ step, terms }) => ({ ...terms, x: step }));
}

/** The metrics of an evaluation never change, so each is summed up once. */
const summaries = { noiseFree: new WeakMap<Metrics, LinePoint>(), drawn: new WeakMap<Metrics, LinePoint>() };

/** Many scenarios: mean, best, worst and median over scenarios at each step. */
export function summaryPoints(evaluations: Evaluations, kind: AucKind): readonly LinePoint[] {
  return evaluations.map(({ step, metrics }) => {
    let point = summaries[kind].get(metrics);
    if (!point) summaries[kind].set(metrics, (point = summaryOf(step, metrics, kind)));
    return point;
  });
}

function summaryOf(step: number, metrics: Metrics, kind: AucKind): LinePoint {
  const values = metrics.scenarios
    .map((scenario) => aucOfKind(kind, scenario))
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const middle = values.length >> 1;
  return {
    x: step,
    mean: domainAucOfKind(kind, metrics),
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
 * a span without an evaluation repeats the one before it. A scenario without an AUC is undefined, a span to come is not there yet.
 */
export function heatOverTime(
  evaluations: Evaluations,
  steps: number,
  kind: AucKind,
  order: readonly number[],
  columns: number,
): HeatValues {
  const values = new Float32Array(order.length * columns);
  const defined = new Uint8Array(order.length * columns).fill(NOT_YET);
  const put = (cell: number, value: number | null): void => {
    values[cell] = value ?? 0;
    defined[cell] = value === null ? UNDEFINED : DEFINED;
  };
  const width = Math.max(1, steps) / columns;
  order.forEach((scenario, row) => {
    let from = 0;
    let before: number | null | undefined;
    for (const { step, metrics } of evaluations) {
      const value = aucOfKind(kind, metrics.scenarios[scenario]);
      const column = Math.min(columns - 1, Math.max(0, Math.ceil(step / width) - 1));
      for (let c = from; c < column; c++) {
        if (before !== undefined) put(row * columns + c, before);
      }
      from = column;
      put(row * columns + column, value);
      before = value;
    }
  });
  return { rows: order.length, columns, values, defined };
}

/** Largest scenario first. */
export function byShare(scenarios: RunView['scenarios']): readonly number[] {
  return scenarios.map((_, s) => s).sort((a, b) => scenarios[b]!.share - scenarios[a]!.share || a - b);
}

/** Points spread evenly over the list, the newest among them. */
function spreadOver<T>(points: readonly T[], limit: number): readonly T[] {
  const stride = Math.ceil(points.length / limit) || 1;
  return points.filter((_, k) => k % stride === 0 || k === points.length - 1);
}

/** Step by scenario, with the mean. Where there are many scenarios only so many rows as stay light in the page. */
export function curveTable(
  evaluations: Evaluations,
  scenarios: RunView['scenarios'],
  kind: AucKind,
): FigureTable {
  const limit = Math.max(12, Math.min(300, Math.floor(2000 / Math.max(1, scenarios.length))));
  return {
    columns: ['step', ...scenarios.map((scenario) => scenario.name), 'mean'],
    rows: spreadOver(evaluations, limit).map(({ step, metrics }) => [
      step,
      ...scenarios.map((_, s) => aucCell(kind, metrics.scenarios[s])),
      domainAucOfKind(kind, metrics),
    ]),
  };
}

type LossRanges = RunView['ranges']['losses'];

/** Terms that get a line, in the order in which they first came. */
export function drawnTerms(ranges: LossRanges): readonly string[] {
  const terms = Object.keys(ranges);
  // With one term the total says the same again.
  return (terms.length === 2 ? terms.filter((name) => name !== 'total') : terms).slice(0, MAX_LINES);
}

/** Smallest and largest mean of the terms over the whole run; null before the first. */
export function lossRange(ranges: LossRanges, terms: readonly string[]): LossRanges[string] | null {
  const found = terms.flatMap((name) => ranges[name] ?? []);
  if (found.length === 0) return null;
  return { min: Math.min(...found.map(({ min }) => min)), max: Math.max(...found.map(({ max }) => max)) };
}

/** Step by loss term. */
export function lossTable(losses: RunView['losses']['points'], ranges: LossRanges): FigureTable {
  const terms = Object.keys(ranges);
  return {
    columns: ['step', ...terms],
    rows: losses.map((point) => [point.step, ...terms.map((name) => point.terms[name] ?? null)]),
  };
}
