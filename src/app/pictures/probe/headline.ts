/** What a matrix comes to, in words, from its own numbers. */
import type { ProbeSpec } from '../../../models/definition';
import { DEFINED, UNDEFINED } from '../../charts/heatDraw';
import type { HeatValues } from '../../charts/heatDraw';
import type { HeatLabel } from '../../charts/HeatLabels';
import { formatNumber, formatPercent } from '../../format';
import { extremesOf } from '../headlines/extremes';
import type { Cell, Extremes } from '../headlines/extremes';

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
    const cell = extremesOf(data, own)?.most;
    if (!cell) return null;
    const [row, column] = name(cell);
    if (Math.abs(cell.value * data.columns - 1) < EVEN)
      return `Nearly even so far: the largest share is ${formatPercent(cell.value)}, that of ${said(column)} in ${row}.`;
    return own
      ? `${row} borrows ${formatPercent(cell.value)} from ${column}, the most of any.`
      : `${row} leans most on ${said(column)}: ${formatPercent(cell.value)}, where even shares are ${formatPercent(1 / data.columns)}.`;
  }
  if (spec.scale === 'signed' && rowAxis === 'scenario' && columnAxis === 'otherScenario') {
    const cell = extremesOf(data, true)?.least;
    if (!cell) return null;
    const [row, column] = name(cell);
    return cell.value < 0
      ? `${row} and ${column} are furthest apart: ${formatNumber(cell.value)}.`
      : `No two are opposed; least alike are ${row} and ${column}: ${formatNumber(cell.value)}.`;
  }
  const found = extremesOf(data, false);
  return found && extremes(spec, found, (cell) => name(cell).map(said));
}

/** The largest and the smallest number of any other matrix, with where they stand. */
function extremes(
  spec: ProbeSpec,
  { most, least, count, ones, zeros }: Extremes,
  name: (cell: Cell) => readonly string[],
): string | null {
  const value = (cell: Cell): string =>
    spec.scale === 'share' || spec.scale === 'probability'
      ? formatPercent(cell.value)
      : formatNumber(cell.value);
  const where = (cell: Cell): string => name(cell).join(', ');
  if (most.value === 1 && least.value === 0 && ones + zeros === count)
    return `${ones} of ${count} are 1, the others 0.`;
  if (count === 1) return `${where(most)}: ${value(most)}.`;
  if (most.value === least.value) return `All ${count} numbers are the same so far: ${value(most)}.`;
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
  const found = extremesOf(
    {
      rows: 1,
      columns: values.length,
      values: values.map((value) => value ?? 0),
      defined: values.map((value) => (value === null ? UNDEFINED : DEFINED)),
    },
    false,
  );
  if (!found) return `Undefined at step ${formatNumber(step)}.`;
  const said = extremes(spec, found, ({ column }) => [
    values.length === 1 ? 'Now' : (labels[column]?.label ?? String(column + 1)),
  ]);
  return said && `${said.slice(0, -1)} (step ${formatNumber(step)}).`;
}
