/** Study results as Markdown. Numbers are means over seeds ± their standard deviation; nothing is rounded away before that. */
import type { Ceilings, Metrics, ScenarioMetrics } from '../../training/metrics';
import type { Cell } from './cell';
import type { StudyRow } from './rows';

export interface RowResult {
  readonly row: StudyRow;
  /** One a seed, in the order of the seeds. */
  readonly cells: readonly Cell[];
}

export interface Spread {
  readonly mean: number;
  /** Of a sample (n - 1); null for a single value. */
  readonly deviation: number | null;
}

/** Null where any value is undefined: a mean over some seeds only would compare unlike things. */
export function spread(values: readonly (number | null)[]): Spread | null {
  const defined = values.filter((value) => value !== null);
  if (defined.length === 0 || defined.length < values.length) return null;
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  if (defined.length === 1) return { mean, deviation: null };
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (defined.length - 1)) };
}

function show(values: readonly (number | null)[], digits = 4): string {
  const found = spread(values);
  if (!found) return 'undefined';
  const mean = found.mean.toFixed(digits);
  return found.deviation === null ? mean : `${mean} ± ${found.deviation.toFixed(digits)}`;
}

/** Share of the way from chance to the ceiling; null where either is undefined. */
export function wayToCeiling(value: number | null, ceiling: number | null): number | null {
  return value === null || ceiling === null || ceiling <= 0.5 ? null : (value - 0.5) / (ceiling - 0.5);
}

/** More scenarios than this are shown by their summary figures. */
const COLUMNS = 6;

interface Column {
  readonly title: string;
  readonly of: (metrics: Metrics) => number | null;
  readonly ceiling: (ceilings: Ceilings) => number | null;
}

type ScenarioFigure = Extract<keyof ScenarioMetrics, 'auc' | 'noiseFreeAuc'>;

function columnsOf(scenarioNames: readonly string[], figure: ScenarioFigure): Column[] {
  const noiseFree = figure === 'noiseFreeAuc';
  const overall: Column = {
    title: 'overall',
    of: (metrics) => metrics.overall[figure],
    ceiling: (ceilings) => (noiseFree ? ceilings.overall : null),
  };
  const domain: Column = {
    title: 'mean over scenarios',
    of: (metrics) => (noiseFree ? metrics.domainNoiseFreeAuc : metrics.domainAuc),
    ceiling: (ceilings) => (noiseFree ? ceilings.domain : null),
  };
  if (scenarioNames.length > COLUMNS) {
    if (noiseFree) return [domain, overall];
    const groups = ['major5Auc', 'minor10Auc', 'minor5Auc'] as const;
    const titles = { major5Auc: 'five largest', minor10Auc: 'ten smallest', minor5Auc: 'five smallest' };
    return [
      domain,
      overall,
      ...groups.map((name) => ({
        title: titles[name],
        of: (metrics: Metrics) => metrics[name],
        ceiling: () => null,
      })),
    ];
  }
  return [
    ...scenarioNames.map((title, n) => ({
      title,
      of: (metrics: Metrics) => metrics.scenarios[n]?.[figure] ?? null,
      ceiling: (ceilings: Ceilings) => (noiseFree ? (ceilings.scenarios[n] ?? null) : null),
    })),
    domain,
    overall,
  ];
}

function markdown(header: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, c) => (c === 0 ? '---' : '---:'))), ...body.map(line)].join('\n');
}

function rowTitle({ name, table }: StudyRow): string {
  return table === null ? name : `${name} (${table})`;
}

/** One figure of every row: scenarios, their mean, all together. */
export function figureTable(
  results: readonly RowResult[],
  scenarioNames: readonly string[],
  figure: ScenarioFigure,
): string {
  const columns = columnsOf(scenarioNames, figure);
  const body = results.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map(({ of }) => show(cells.map(({ final }) => of(final)))),
  ]);
  const ceilings = results[0]?.cells[0]?.ceilings;
  if (figure === 'noiseFreeAuc' && ceilings) {
    body.push(['*ceiling*', ...columns.map(({ ceiling }) => show([ceiling(ceilings)]))]);
  }
  return markdown(['model', ...columns.map(({ title }) => title)], body);
}

/** How far from chance to the ceiling, in per cent; empty where nothing is known of the truth. */
export function wayTable(results: readonly RowResult[], scenarioNames: readonly string[]): string {
  const columns = columnsOf(scenarioNames, 'noiseFreeAuc');
  const body = results.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map(({ of, ceiling }) => {
      const ways = cells.map((cell) => wayToCeiling(of(cell.final), ceiling(cell.ceilings)));
      const found = spread(ways);
      if (!found) return 'undefined';
      const mean = `${(100 * found.mean).toFixed(1)} %`;
      return found.deviation === null ? mean : `${mean} ± ${(100 * found.deviation).toFixed(1)}`;
    }),
  ]);
  return markdown(['model', ...columns.map(({ title }) => title)], body);
}

/**
 * Differences from the first row, paired over seeds: mean, and in how many seeds the row is better. Same seed, same
 * batches' order and same evaluation rows.
 */
export function pairedTable(results: readonly RowResult[], scenarioNames: readonly string[]): string {
  const columns = columnsOf(scenarioNames, 'noiseFreeAuc');
  const [first, ...rest] = results;
  if (!first || rest.length === 0) return '';
  const body = rest.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map(({ of }) => {
      const differences = cells.map((cell, i) => {
        const [own, other] = [of(cell.final), of(first.cells[i]!.final)];
        return own === null || other === null ? null : own - other;
      });
      const found = spread(differences);
      if (!found) return 'undefined';
      const better = differences.filter((difference) => difference !== null && difference > 0).length;
      const sign = found.mean >= 0 ? '+' : '−';
      return `${sign}${Math.abs(found.mean).toFixed(4)} (${better}/${differences.length})`;
    }),
  ]);
  return markdown(['model', ...columns.map(({ title }) => title)], body);
}
