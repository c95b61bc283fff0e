/** A table as a picture, for figures that are tables: the numbers, set in columns under thin rules. */
import { formatNumber } from '../format';
import type { Cell, FigureTable } from './types';

const ROW = 20;
const LETTER = 6.6;
/** Column heads are bold. */
const HEAD_LETTER = 7.6;
const GAP = 18;
/** Beyond this a picture is no longer read; the files of numbers hold all rows. */
const MOST_ROWS = 400;

export interface Drawing {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

export interface Ink {
  readonly paper: string;
  readonly ink: string;
  readonly rule: string;
  readonly font: string;
}

function said(cell: Cell): string {
  if (cell === null) return 'undefined';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : formatNumber(cell, 4);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** One self-contained SVG document: the title, the column heads and up to 400 rows. */
export function tableToSvg(title: string, table: FigureTable, { paper, ink, rule, font }: Ink): Drawing {
  const rows = table.rows.slice(0, MOST_ROWS).map((row) => row.map(said));
  const widths = table.columns.map((column, c) =>
    Math.ceil(Math.max(column.length * HEAD_LETTER, ...rows.map((row) => (row[c] ?? '').length * LETTER))),
  );
  const left = 12;
  const starts = widths.map((_, c) => left + widths.slice(0, c).reduce((sum, width) => sum + width + GAP, 0));
  const width = Math.max(
    left * 2 + widths.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, widths.length - 1),
    Math.ceil(title.length * 7.6) + left * 2,
  );
  const top = 34;
  const cut = table.rows.length - rows.length;
  const height = top + ROW * (rows.length + 1 + (cut > 0 ? 1 : 0)) + 12;
  const line = (y: number) =>
    `<line x1="${left}" x2="${width - left}" y1="${y}" y2="${y}" stroke="${escaped(rule)}" stroke-width="1"/>`;
  const cells = (texts: readonly string[], y: number, weight: string) =>
    texts
      .map((text, c) => {
        const first = c === 0;
        const x = first ? starts[c]! : starts[c]! + widths[c]!;
        return `<text x="${x}" y="${y}" font-size="12" font-weight="${weight}" text-anchor="${first ? 'start' : 'end'}">${escaped(text)}</text>`;
      })
      .join('');
  const body = rows.map((row, r) => cells(row, top + ROW * (r + 1) + 14, '400')).join('');
  const rest =
    cut > 0
      ? cells([`and ${cut} more rows, in the CSV and JSON files`], top + ROW * (rows.length + 1) + 14, '400')
      : '';
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${escaped(paper)}"/>` +
    `<g font-family="${escaped(font)}" fill="${escaped(ink)}" font-variant-numeric="tabular-nums">` +
    `<text x="${left}" y="20" font-size="14" font-weight="600">${escaped(title)}</text>` +
    cells(table.columns, top + 14, '600') +
    line(top + ROW) +
    body +
    rest +
    `</g></svg>`;
  return { text, width, height };
}
