/** A figure's table as files. */
import type { Cell, FigureTable } from './types';

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with a header; an undefined number is an empty cell. */
export function tableToCsv(table: FigureTable): string {
  return [table.columns, ...table.rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/** Names that occur again are numbered: two columns must not become one key. */
function unique(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** Rows as objects by column name; an undefined number is `null`. */
export function tableToJson(title: string, table: FigureTable): string {
  const names = unique(table.columns);
  const rows = table.rows.map((row) =>
    Object.fromEntries(names.map((column, k) => [column, row[k] ?? null])),
  );
  return JSON.stringify({ title, rows }, null, 2);
}
