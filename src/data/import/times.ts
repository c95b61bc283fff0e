import { counted, ImportError, notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import type { Table, TextColumn } from './table';
import { guessTimeUnit, isMissing, parseNumber, parseTime, type TimeUnit } from './values';

export interface ReadTimes {
  /** Rows that remain. */
  readonly rows: Int32Array;
  /** Seconds (bins: their number) by table row; NaN where unreadable. */
  readonly seconds: Float64Array;
  /** False for bins, whose length nobody knows. */
  readonly inSeconds: boolean;
}

/** The unit that a column's values speak for; `bins` for small numbers that only say an order. */
export function unitOf(column: TextColumn): TimeUnit | null {
  let low = Infinity;
  let high = -Infinity;
  let numbers = 0;
  let dates = 0;
  for (const text of column.values) {
    if (isMissing(text)) continue;
    const value = parseNumber(text);
    if (value === null) {
      if (parseTime(text, 'date') !== null) dates++;
      continue;
    }
    numbers++;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (dates > numbers) return 'date';
  if (numbers === 0) return null;
  return guessTimeUnit(low, high) ?? 'bins';
}

/**
 * Reads the time of rows. Where rows are to be ordered by it, those without a readable time are left out; else they stay, without.
 *
 * @throws ImportError `unreadableTime` where most rows have none.
 */
export function readTimes(
  table: Table,
  column: TextColumn,
  wanted: Mapping['time']['unit'],
  rows: Int32Array,
  orders: boolean,
  notices: Notice[],
): ReadTimes | null {
  const unit = wanted === 'auto' ? unitOf(column) : wanted;
  const ofCode = column.values.map((text) =>
    unit === null || isMissing(text) ? null : parseTime(text, unit),
  );
  const readable = rows.filter((row) => ofCode[column.codes[row]!] !== null);
  if (readable.length < rows.length / 2 || unit === null) {
    const first = rows.find((row) => ofCode[column.codes[row]!] === null) ?? rows[0]!;
    const line = table.lines[first] ?? null;
    throw new ImportError(
      'unreadableTime',
      `Column “${column.name}” is no time${unit === null || wanted === 'auto' ? '' : ` in ${unit}`} (line ${line}: “${column.values[column.codes[first]!]}”); choose another column or unit.`,
      { column: column.name, line },
    );
  }
  if (readable.length < rows.length) {
    const first = rows.find((row) => ofCode[column.codes[row]!] === null)!;
    const line = table.lines[first]!;
    if (!orders) {
      notices.push(
        notice(
          'unreadableTime',
          `Column “${column.name}” is no time in ${counted(rows.length - readable.length, 'row')} (first: line ${line}), so the rows have no times.`,
          {
            column: column.name,
            line,
          },
        ),
      );
      return null;
    }
    notices.push(
      notice(
        'unreadableTime',
        `Left out ${counted(rows.length - readable.length, 'row')} without a readable time in column “${column.name}” (first: line ${line}).`,
        {
          column: column.name,
          line,
        },
      ),
    );
  }
  return {
    rows: readable,
    seconds: Float64Array.from(column.codes, (code) => ofCode[code] ?? NaN),
    inSeconds: unit !== 'bins',
  };
}
