import { shortened } from '../shortened';
import { counted, listed, notice, type Notice } from './errors';
import type { ScenarioColumn } from './scenarios';
import type { Table, TextColumn } from './table';
import { parseNumber } from './values';

/**
 * The weight of each row `[rows]`. A cell that is no number from 0 on counts as 1, and that is told; so are scenarios in which every
 * weight is 0, whose weighted figures are undefined.
 */
export function readWeights(
  table: Table,
  column: TextColumn,
  rows: Int32Array,
  scenarios: Pick<ScenarioColumn, 'index' | 'names'>,
  notices: Notice[],
): Float32Array {
  const ofCode = column.values.map((text) => {
    const value = parseNumber(text);
    // What overflows 32 bits is no number there either.
    return value !== null && value >= 0 && Number.isFinite(Math.fround(value)) ? value : null;
  });
  const odd = rows.filter((row) => ofCode[column.codes[row]!] === null);
  const place = { column: column.name };
  if (odd.length > 0) {
    const line = table.lines[odd[0]!]!;
    const example = shortened(column.values[column.codes[odd[0]!]!]!);
    notices.push(
      notice(
        'unreadableWeight',
        `Column “${column.name}” holds no weight in ${counted(odd.length, 'row')} (first: line ${line}, ${example === '' ? 'an empty cell' : `“${example}”`}); there it counts as 1.`,
        { ...place, line },
      ),
    );
  }
  const weights = Float32Array.from(rows, (row) => ofCode[column.codes[row]!] ?? 1);
  const total = new Float64Array(scenarios.names.length);
  weights.forEach((weight, r) => {
    total[scenarios.index[rows[r]!]!]! += weight;
  });
  const empty = scenarios.names.filter((_, s) => total[s] === 0);
  if (empty.length > 0) {
    const names = listed(empty.map((name) => `“${shortened(name, 40)}”`));
    notices.push(
      notice(
        'zeroWeights',
        `All weights of ${empty.length === 1 ? 'scenario' : 'scenarios'} ${names} in column “${column.name}” are 0, so ${empty.length === 1 ? 'its' : 'their'} weighted figures are undefined.`,
        place,
      ),
    );
  }
  return weights;
}
