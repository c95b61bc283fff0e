/** A figure's table as files. */
import { csvText } from '../../data/csv';
import type { FigureTable } from './types';

/** CSV with a header; an undefined number is an empty cell. */
export function tableToCsv(table: FigureTable): string {
  return csvText(table.columns, table.rows);
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
