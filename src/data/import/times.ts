import { shortened } from '../shortened';
import { counted, ImportError, notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import { countCodes, type Table, type TextColumn } from './table';
import { guessTimeUnit, isPlausible, parseTime, type TimeUnit } from './timeUnits';
import { isMissing, parseNumber } from './values';

export interface ReadTimes {
  /** Rows that remain. */
  readonly rows: Int32Array;
  /** Seconds (bins: their number) by table row; NaN where unreadable. */
  readonly seconds: Float64Array;
  /** False for bins, whose length nobody knows. */
  readonly inSeconds: boolean;
}

/** The unit that a column's values speak for; `bins` for small numbers that only say an order. */
function unitOf(column: TextColumn): TimeUnit | null {
  return (
    guessTimeUnit(column.values, countCodes(column)) ??
    (column.values.some((text) => parseNumber(text) !== null) ? 'bins' : null)
  );
}

/**
 * Reads the time of rows. Where rows are to be ordered by it, those without a readable time are left out; else they stay, without.
 * A time that no log has (0, -1, the year 9999) stands for none: its row stays, before all others.
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
      `Column “${column.name}” is no time${unit === null || wanted === 'auto' ? '' : ` in ${unit}`} (line ${line}: “${shortened(column.values[column.codes[first]!]!)}”); choose another column or unit.`,
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
  placeOddFirst(table, column, ofCode, unit, readable, notices);
  return {
    rows: readable,
    seconds: Float64Array.from(column.codes, (code) => ofCode[code] ?? NaN),
    inSeconds: unit !== 'bins',
  };
}

/** Gives times that no log has the earliest time of the others; where most are such, they are meant (seconds since a start). */
function placeOddFirst(
  table: Table,
  column: TextColumn,
  ofCode: (number | null)[],
  unit: TimeUnit,
  rows: Int32Array,
  notices: Notice[],
): void {
  const odd = ofCode.map((time) => time !== null && !isPlausible(time, unit));
  const oddRows = rows.filter((row) => odd[column.codes[row]!]);
  if (oddRows.length === 0 || oddRows.length > rows.length / 2) return;
  let first = Infinity;
  for (const row of rows) {
    const code = column.codes[row]!;
    if (!odd[code]) first = Math.min(first, ofCode[code]!);
  }
  odd.forEach((is, code) => {
    if (is) ofCode[code] = first;
  });
  const line = table.lines[oddRows[0]!]!;
  const many = oddRows.length > 1;
  notices.push(
    notice(
      'oddTime',
      `Column “${column.name}” holds a time that no log has in ${counted(oddRows.length, 'row')} (first: line ${line}, “${shortened(column.values[column.codes[oddRows[0]!]!]!)}”); ${many ? 'they count' : 'it counts'} as the earliest.`,
      { column: column.name, line },
    ),
  );
}
