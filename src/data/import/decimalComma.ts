/** Numbers with a decimal comma, as tables are written where `;` separates cells. */
import { shortened } from '../shortened';
import { listed, notice } from './errors';
import { nameWords } from './propose';
import type { Table, TextColumn } from './table';
import { isMissing } from './values';

const written = /^\s*[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?\s*$/;
const lists = /^(seq|sequence|hist|history|list|\w*ids|tags|genres|clicks|behaviou?rs?|categories)$/;

/** Gives numbers that are written with a decimal comma (`15,33`, `1.234,5`) a point, and tells of which columns. */
export function readDecimalCommas(table: Table): Table {
  if (table.format.kind !== 'text' || table.format.delimiter === ',') return table;
  const changed: string[] = [];
  let example = '';
  const columns = table.columns.map((column) => {
    const first = firstDecimal(column);
    if (first === null) return column;
    if (changed.length === 0) example = first;
    changed.push(`“${shortened(column.name)}”`);
    return { ...column, values: column.values.map(withPoint) };
  });
  if (changed.length === 0) return table;
  const sentence = `${changed.length === 1 ? 'Column' : 'Columns'} ${listed(changed)} ${changed.length === 1 ? 'writes' : 'write'} decimals with a comma: “${shortened(example)}” is read as ${withPoint(example)}.`;
  return { ...table, columns, notices: [...table.notices, notice('decimalComma', sentence)] };
}

/** A value with a comma, where all but a few are numbers with at most one: else null. Lists (`1,2`) look alike, so names decide. */
function firstDecimal(column: TextColumn): string | null {
  const first = column.values.find((text) => text.includes(','));
  if (first === undefined || !written.test(first) || nameWords(column.name).some((word) => lists.test(word)))
    return null;
  let filled = 0;
  let fit = 0;
  for (const text of column.values) {
    if (isMissing(text)) continue;
    filled++;
    if (written.test(text)) fit++;
  }
  return fit >= 0.98 * filled ? first : null;
}

function withPoint(text: string): string {
  return written.test(text) ? text.trim().replaceAll('.', '').replace(',', '.') : text;
}
