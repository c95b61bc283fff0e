import type { Truth } from '../dataset';
import { notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import { findColumn, type Table } from './table';
import { parseNumber } from './values';

const needed = ['truth_p', 'truth_match', 'truth_prominence', 'truth_intervened'] as const;

/** What a simulator knew of the rows, where the file carries all of it (`truth_p`, …) under the role `truth`; else null. */
export function readTruth(table: Table, mapping: Mapping, rows: Int32Array, notices: Notice[]): Truth | null {
  const named = mapping.columns.filter((column) => column.role === 'truth').map((column) => column.column);
  if (named.length === 0) return null;
  const values = [...needed, 'truth_propensity'].map((name) => {
    const column = named.includes(name) ? findColumn(table, name) : null;
    if (!column) return null;
    const ofCode = column.values.map(parseNumber);
    const read = Float32Array.from(rows, (row) => ofCode[column.codes[row]!] ?? NaN);
    return read.some(Number.isNaN) ? null : read;
  });
  const [probability, match, prominence, intervened, propensity = null] = values;
  if (!probability || !match || !prominence || !intervened) {
    notices.push(
      notice(
        'truth',
        `The truth columns are kept from models but not used: all of ${needed.join(', ')} would be needed, with a number in every row.`,
        { column: named[0]! },
      ),
    );
    return null;
  }
  return {
    probability,
    match,
    prominence,
    intervened: Uint8Array.from(intervened, (value) => (value > 0 ? 1 : 0)),
    propensity,
  };
}
