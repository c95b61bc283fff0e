/** Study results as Markdown. Numbers are means over seeds ± their standard deviation; nothing is rounded away before that. */
import type { AucKind } from '../../training/metrics/aucKind';
import { scenarioColumns, summaryColumns } from '../columns';
import type { RunMetrics, StudyColumn } from '../columns';
import { fixedDigits, formatSpread, UNDEFINED } from '../format';
import { markdownTable } from '../markdown';
import { completeSpread, pairedDifference } from '../statistics';
import type { Cell } from './cell';
import type { StudyRow } from './rows';

export interface RowResult {
  readonly row: StudyRow;
  /** One a seed, in the order of the seeds. */
  readonly cells: readonly Cell[];
}

type Scenarios = RunMetrics['scenarios'];

/** Share of the way from chance to the ceiling; null where either is undefined. */
export function wayToCeiling(value: number | null, ceiling: number | null): number | null {
  return value === null || ceiling === null || ceiling <= 0.5 ? null : (value - 0.5) / (ceiling - 0.5);
}

interface TitledColumn extends StudyColumn {
  readonly title: string;
}

/** Scenarios, then their mean, then all rows; of many scenarios the summaries, of those only two where they are noise-free. */
function tableColumns(scenarios: Scenarios, kind: AucKind): readonly TitledColumn[] {
  const { overall, mean, major, minor, minor5 } = summaryColumns;
  const own = scenarioColumns(scenarios);
  const groups = [
    { ...major, title: 'five largest' },
    { ...minor, title: 'ten smallest' },
    { ...minor5, title: 'five smallest' },
  ];
  return [
    ...own.map((column) => ({ ...column, title: column.label })),
    { ...mean, title: 'mean over scenarios' },
    { ...overall, title: 'overall' },
    ...(own.length === 0 && kind === 'drawn' ? groups : []),
  ];
}

function headOf(columns: readonly TitledColumn[]): string[] {
  return ['model', ...columns.map(({ title }) => title)];
}

function rowTitle({ name, table }: StudyRow): string {
  return table === null ? name : `${name} (${table})`;
}

/** A column's AUC, one a seed. */
function valuesOf(
  column: StudyColumn,
  cells: readonly Cell[],
  scenarios: Scenarios,
  kind: AucKind,
): (number | null)[] {
  return cells.map(({ final }) => column.of({ final, scenarios }, kind));
}

/** AUC of every row: scenarios, their mean, all together; the ceiling last where the truth is known. */
export function aucTable(results: readonly RowResult[], scenarios: Scenarios, kind: AucKind): string {
  const columns = tableColumns(scenarios, kind);
  const body = results.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map((column) => formatSpread(completeSpread(valuesOf(column, cells, scenarios, kind)))),
  ]);
  const ceilings = results[0]?.cells[0]?.ceilings;
  if (kind === 'noiseFree' && ceilings) {
    body.push(['*ceiling*', ...columns.map(({ ceiling }) => fixedDigits(ceiling(ceilings), 4))]);
  }
  return markdownTable(headOf(columns), body);
}

/** How far from chance to the ceiling, in per cent; empty where nothing is known of the truth. */
export function wayTable(results: readonly RowResult[], scenarios: Scenarios): string {
  const columns = tableColumns(scenarios, 'noiseFree');
  const body = results.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map((column) => {
      const values = valuesOf(column, cells, scenarios, 'noiseFree');
      const found = completeSpread(
        cells.map(({ ceilings }, seed) => wayToCeiling(values[seed] ?? null, column.ceiling(ceilings))),
      );
      if (!found) return UNDEFINED;
      const mean = `${(100 * found.mean).toFixed(1)} %`;
      return found.deviation === null ? mean : `${mean} ± ${(100 * found.deviation).toFixed(1)}`;
    }),
  ]);
  return markdownTable(headOf(columns), body);
}

/**
 * Differences from the first row, paired over seeds: mean, and in how many seeds the row is better. Same seed, same
 * batches' order and same evaluation rows.
 */
export function pairedTable(results: readonly RowResult[], scenarios: Scenarios): string {
  const columns = tableColumns(scenarios, 'noiseFree');
  const [first, ...rest] = results;
  if (!first || rest.length === 0) return '';
  const body = rest.map(({ row, cells }) => [
    rowTitle(row),
    ...columns.map((column) => {
      const values = (of: readonly Cell[]) => valuesOf(column, of, scenarios, 'noiseFree');
      const { mean, pairs, wins } = pairedDifference(values(cells), values(first.cells));
      if (mean === null || pairs < cells.length) return UNDEFINED;
      return `${mean >= 0 ? '+' : '−'}${Math.abs(mean).toFixed(4)} (${wins}/${pairs})`;
    }),
  ]);
  return markdownTable(headOf(columns), body);
}
