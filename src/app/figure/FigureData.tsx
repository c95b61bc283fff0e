import { memo, useMemo } from 'react';
import { formatNumber } from '../format';
import { useThrottledValue } from '../hooks/useThrottledValue';
import { useChunkedList } from '../hooks/useChunkedList';
import { MAX_CELLS } from './types';
import type { Cell, FigureTable } from './types';

/** Tables beyond this many cells are laid out once a second, not at every redraw. */
const LIGHT_CELLS = 1500;
/** Cells that change in one task. */
const PIECE_CELLS = 800;
/** Out of sight a table holds no more cells than this. */
const AWAY_CELLS = 2400;

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

/** Rows that are drawn together. */
const Rows = memo(function Rows({ rows }: { readonly rows: readonly (readonly Cell[])[] }) {
  return rows.map((row, k) => <Row key={typeof row[0] === 'number' ? `n${row[0]}` : k} row={row} />);
});

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
export const FigureData = memo(function FigureData({ name, caption, table: newest, visible }: Props) {
  const table = useThrottledValue(newest, newest.rows.length * newest.columns.length > LIGHT_CELLS);
  const width = Math.max(1, table.columns.length);
  const limit = Math.max(1, Math.floor((visible ? MAX_CELLS : AWAY_CELLS) / width));
  const total = table.total ?? table.rows.length;
  const cut = total > limit;
  const overTime = table.columns[0] === 'step';
  const rows = useMemo(
    () => (cut ? (overTime ? table.rows.slice(-limit) : table.rows.slice(0, limit)) : table.rows),
    [table.rows, cut, overTime, limit],
  );
  const pieces = useChunkedList(rows, Math.max(1, Math.floor(PIECE_CELLS / width)));
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
          {pieces.map((piece, k) => (
            <Rows key={k} rows={piece} />
          ))}
        </tbody>
      </table>
    </div>
  );
});
