import { memo } from 'react';
import { formatNumber } from '../format';
import { useCalm } from '../live/useCalm';
import { MAX_CELLS } from './types';
import type { Cell, FigureTable } from './types';

/** Tables beyond this many cells are laid out once a second, not at every redraw. */
const LIGHT_CELLS = 1500;

function text(cell: Cell): string {
  if (cell === null) return 'undefined';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : formatNumber(cell, 5).replace('−', '-');
}

const Row = memo(
  function Row({ row }: { readonly row: readonly Cell[] }) {
    return (
      <tr>
        {row.map((cell, k) =>
          k === 0 ? (
            <th key={k} scope="row">
              {text(cell)}
            </th>
          ) : (
            <td key={k}>{text(cell)}</td>
          ),
        )}
      </tr>
    );
  },
  (before, after) =>
    before.row.length === after.row.length && before.row.every((cell, k) => cell === after.row[k]),
);

interface Props {
  readonly name: string;
  readonly caption: string;
  readonly table: FigureTable;
  readonly visible: boolean;
}

/**
 * A figure's numbers. Always in the page for screen readers and scripts; shown when a person asks for numbers. Of a very
 * long table the first rows (of curves, the last) stand here, and the exported files have them all.
 */
export function FigureData({ name, caption, table: newest, visible }: Props) {
  const table = useCalm(newest, newest.rows.length * newest.columns.length > LIGHT_CELLS);
  const limit = Math.max(1, Math.floor(MAX_CELLS / Math.max(1, table.columns.length)));
  const total = table.total ?? table.rows.length;
  const cut = total > limit;
  const overTime = table.columns[0] === 'step';
  const rows = cut ? (overTime ? table.rows.slice(-limit) : table.rows.slice(0, limit)) : table.rows;
  return (
    <div className={visible ? 'figure-numbers' : 'figure-numbers-away'} tabIndex={visible ? 0 : undefined}>
      <table data-testid={`figure-${name}-data`}>
        <caption className={cut ? 'muted' : 'visually-hidden'}>
          {caption}
          {cut &&
            `: the ${overTime ? 'last' : 'first'} ${limit} of ${total} rows; the exported files have all`}
        </caption>
        <thead>
          <tr>
            {table.columns.map((column, k) => (
              <th key={k} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, k) => (
            <Row key={typeof row[0] === 'number' ? `n${row[0]}` : k} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
