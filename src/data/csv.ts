/** The one writer of CSV: RFC 4180, and no cell that a spreadsheet would run. */

/** A text, a number, or null where there is none. */
export type CsvCell = string | number | null;

/** Spreadsheets take cells with these beginnings for formulas, whatever they hold; signed numbers are none. */
const formula = /^[=+\-@\t\r]/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = formula.test(cell) && !number.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A header and rows as CSV. Text that a spreadsheet would run (`=cmd()`) gets an apostrophe in front, which spreadsheets do not show.
 *
 * @param lineEnd RFC 4180 has both characters; scripts that split at `\n` are given that.
 */
export function csvText(
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  lineEnd: '\r\n' | '\n' = '\r\n',
): string {
  const lines = [header.map(cellText).join(',')];
  for (const row of rows) lines.push(row.map(cellText).join(','));
  return lines.join(lineEnd) + lineEnd;
}
