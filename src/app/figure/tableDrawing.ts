/** A table as a picture for print, for figures that are tables: dark on white, the numbers in columns under thin rules. */
import { PRINT } from '../colour/tokens';
import { formatNumber } from '../format';
import type { Cell, FigureTable } from './types';

const ROW = 20;
const HEAD_LINE = 15;
const GAP = 18;
const LEFT = 12;
/** Letters of a column's head in one line; longer ones are set in several. */
const HEAD_LETTERS = 20;
/** Beyond this a picture is no longer read; the files of numbers hold all rows. */
const MOST_ROWS = 400;

export interface Drawing {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** Width in pixels of a text of 12 px. */
export type Measure = (text: string, bold: boolean) => number;

/** Where no text can be measured: wider than most type is. */
const estimated: Measure = (text, bold) => text.length * (bold ? 7.8 : 7);

function said(cell: Cell): string {
  if (cell === null) return 'undefined';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : formatNumber(cell, 4);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A text in lines of at most so many letters, broken between words; a longer word stands alone. */
export function linesOf(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** One self-contained SVG document: the title, the column heads and up to 400 rows. */
export function tableToSvg(
  title: string,
  table: FigureTable,
  font: string,
  measure: Measure = estimated,
): Drawing {
  const rows = table.rows.slice(0, MOST_ROWS).map((row) => row.map(said));
  const heads = table.columns.map((column) => linesOf(column, HEAD_LETTERS));
  const widths = heads.map((lines, c) =>
    Math.ceil(
      lines
        .map((line) => measure(line, true))
        .concat(rows.map((row) => measure(row[c] ?? '', false)))
        .reduce((most, one) => Math.max(most, one), 0),
    ),
  );
  const starts = widths.map((_, c) => LEFT + widths.slice(0, c).reduce((sum, width) => sum + width + GAP, 0));
  const cut = table.rows.length - rows.length;
  const rest = cut > 0 ? `and ${cut} more rows, in the CSV and JSON files` : null;
  const columnsEnd = (starts.at(-1) ?? LEFT) + (widths.at(-1) ?? 0) + LEFT;
  // A title wider than its table goes on in a second line, and beyond that widens the picture.
  const titleLines = linesOf(title, Math.max(40, Math.floor(columnsEnd / 8)));
  const width = Math.max(
    columnsEnd,
    ...[...titleLines, ...(rest === null ? [] : [rest])].map(
      (line) => Math.ceil(measure(line, true) * (14 / 12)) + 2 * LEFT,
    ),
  );
  const headLines = Math.max(1, ...heads.map((lines) => lines.length));
  const top = 16 + 18 * titleLines.length;
  const rule = top + HEAD_LINE * headLines + 5;
  const height = rule + ROW * (rows.length + (rest === null ? 0 : 1)) + 12;
  const line = (y: number) =>
    `<line x1="${LEFT}" x2="${width - LEFT}" y1="${y}" y2="${y}" stroke="${PRINT.rule}" stroke-width="1"/>`;
  const cell = (text: string, c: number, y: number, weight: string) => {
    const x = c === 0 ? starts[0]! : starts[c]! + widths[c]!;
    return `<text x="${x}" y="${y}" font-size="12" font-weight="${weight}" text-anchor="${c === 0 ? 'start' : 'end'}">${escaped(text)}</text>`;
  };
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${PRINT.paper}"/>` +
    `<g font-family="${escaped(font)}" fill="${PRINT.ink}" font-variant-numeric="tabular-nums">` +
    titleLines
      .map(
        (one, k) =>
          `<text x="${LEFT}" y="${20 + 18 * k}" font-size="14" font-weight="600">${escaped(one)}</text>`,
      )
      .join('') +
    // Heads stand on the rule, however many lines the longest takes.
    heads
      .flatMap((lines, c) =>
        lines.map((one, k) => cell(one, c, top + HEAD_LINE * (headLines - lines.length + k + 1) - 3, '600')),
      )
      .join('') +
    line(rule) +
    rows.map((row, r) => row.map((one, c) => cell(one, c, rule + ROW * r + 15, '400')).join('')).join('') +
    (rest === null ? '' : cell(rest, 0, rule + ROW * rows.length + 15, '400')) +
    line(height - 8) +
    `</g></svg>`;
  return { text, width, height };
}
