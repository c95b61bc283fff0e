/** A figure's table as files. */
import type { Cell, FigureTable } from './types';

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with a header; an undefined figure is an empty cell. */
export function tableToCsv(table: FigureTable): string {
  return [table.columns, ...table.rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/** Rows as objects by column name; an undefined figure is `null`. */
export function tableToJson(title: string, table: FigureTable): string {
  const rows = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, k) => [column, row[k] ?? null])),
  );
  return JSON.stringify({ title, rows }, null, 2);
}
