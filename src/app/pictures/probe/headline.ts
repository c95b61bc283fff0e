/** What a matrix comes to, in words, from its own numbers. */
import type { ProbeSpec } from '../../../models/definition';
import { DEFINED } from '../../charts/heatDraw';
import type { HeatValues } from '../../charts/heatDraw';
import type { HeatLabel } from '../../charts/HeatLabels';
import { formatNumber, formatPercent } from '../../format';

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

function cellsOf({ rows, columns, values, defined }: HeatValues): readonly Cell[] {
  return Array.from({ length: rows * columns }, (_, k) => ({
    row: Math.floor(k / columns),
    column: k % columns,
    value: values[k] ?? 0,
    there: defined === null || defined[k] === DEFINED,
  })).filter(({ there }) => there);
}

const largest = (cells: readonly Cell[], sign: 1 | -1): Cell | null =>
  cells.reduce<Cell | null>(
    (most, cell) => (most && sign * most.value >= sign * cell.value ? most : cell),
    null,
  );

/** Axes whose labels are often numbers alone; those of scenarios and fields are names. */
const COUNTED: ReadonlySet<string> = new Set(['expert', 'candidate', 'layer', 'head', 'position', 'unit']);

/** A share that is no further than this from an even one, as a part of it, is even. */
const EVEN = 0.1;

/** One sentence; null where there is nothing to say of it. */
export function headlineOf(
  spec: ProbeSpec,
  data: HeatValues,
  rows: readonly HeatLabel[],
  columns: readonly HeatLabel[],
): string | null {
  const cells = cellsOf(data);
  const name = (cell: Cell): readonly [string, string] => [
    rows[cell.row]?.label ?? String(cell.row + 1),
    columns[cell.column]?.label ?? String(cell.column + 1),
  ];
  const [rowAxis, columnAxis] = [spec.axes.at(-2)?.name, spec.axes.at(-1)?.name];
  // A number alone does not say of what it is one.
  const counted = columnAxis !== undefined && COUNTED.has(columnAxis) ? `${columnAxis} ` : '';
  const said = (label: string): string => (/^\d+$/.test(label) ? `${counted}${label}` : label);
  if (spec.scale === 'share' && data.columns > 1) {
    const own = rowAxis === 'scenario' && columnAxis === 'otherScenario';
    const cell = largest(own ? cells.filter(({ row, column }) => row !== column) : cells, 1);
    if (!cell) return null;
    const [row, column] = name(cell);
    if (Math.abs(cell.value * data.columns - 1) < EVEN)
      return `Nearly even so far: the largest share is ${formatPercent(cell.value)}, that of ${said(column)} in ${row}.`;
    return own
      ? `${row} borrows ${formatPercent(cell.value)} from ${column}, the most of any.`
      : `${row} leans most on ${said(column)}: ${formatPercent(cell.value)}, where even shares are ${formatPercent(1 / data.columns)}.`;
  }
  if (spec.scale === 'signed' && rowAxis === 'scenario' && columnAxis === 'otherScenario') {
    const cell = largest(
      cells.filter(({ row, column }) => row !== column),
      -1,
    );
    if (!cell) return null;
    const [row, column] = name(cell);
    return cell.value < 0
      ? `${row} and ${column} are furthest apart: ${formatNumber(cell.value)}.`
      : `No two are opposed; least alike are ${row} and ${column}: ${formatNumber(cell.value)}.`;
  }
  return extremes(spec, cells, (cell) => name(cell).map(said));
}

/** The largest and the smallest number of any other matrix, with where they stand. */
function extremes(
  spec: ProbeSpec,
  cells: readonly Cell[],
  name: (cell: Cell) => readonly string[],
): string | null {
  const [most, least] = [largest(cells, 1), largest(cells, -1)];
  if (!most || !least) return null;
  const value = (cell: Cell): string =>
    spec.scale === 'share' || spec.scale === 'probability'
      ? formatPercent(cell.value)
      : formatNumber(cell.value);
  const where = (cell: Cell): string => name(cell).join(', ');
  if (most.value === 1 && least.value === 0 && cells.every(({ value: one }) => one === 0 || one === 1)) {
    const ones = cells.filter(({ value: one }) => one === 1).length;
    return `${ones} of ${cells.length} are 1, the others 0.`;
  }
  if (cells.length === 1) return `${where(most)}: ${value(most)}.`;
  if (most.value === least.value) return `All ${cells.length} numbers are the same so far: ${value(most)}.`;
  return `Largest at ${where(most)}, ${value(most)}; smallest at ${where(least)}, ${value(least)}.`;
}

/** The same of numbers over the run: where they stand at the newest frame. */
export function overTimeHeadline(
  spec: ProbeSpec,
  rows: readonly (readonly (number | null)[])[],
  labels: readonly HeatLabel[],
): string | null {
  const last = rows.at(-1);
  if (!last) return null;
  const [step, ...values] = last;
  const cells = values.flatMap((value, column) => (value === null ? [] : [{ row: 0, column, value }]));
  if (cells.length === 0) return `Undefined at step ${formatNumber(step)}.`;
  const said = extremes(spec, cells, ({ column }) => [
    values.length === 1 ? 'Now' : (labels[column]?.label ?? String(column + 1)),
  ]);
  return said && `${said.slice(0, -1)} (step ${formatNumber(step)}).`;
}
