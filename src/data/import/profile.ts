import type { Table, TextColumn } from './table';
import { countCodes } from './table';
import { guessTimeUnit, parseAnyDate, type TimeUnit } from './timeUnits';
import { isBeyondInt32, isMissing, isRounded, isWhole, parseList, parseNumber } from './values';

export type ColumnKind = 'empty' | 'integer' | 'decimal' | 'date' | 'list' | 'text';

/** What a column's cells look like, before any role is given to it. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Distinct values, nothing not counted. */
  readonly distinct: number;
  /** Rows with a value, and without. */
  readonly filled: number;
  readonly missing: number;
  /** The commonest values, at most five. */
  readonly examples: readonly string[];
  /** Share of the rows that hold the commonest value, 0…1. */
  readonly topShare: number;
  /** Of numbers; null for other kinds. */
  readonly min: number | null;
  readonly max: number | null;
  /** Rows that hold a number, whatever the kind. */
  readonly numbers: number;
  /** Unit in which the values can be times, or null. */
  readonly timeUnit: TimeUnit | null;
  /** Entries of a list on average; null for other kinds. */
  readonly meanLength: number | null;
  /** First line with an integer beyond 32 bits, or null. */
  readonly beyondInt32Line: number | null;
  /** First line with an id that a spreadsheet rounded (`1.1E+18`), or null. */
  readonly roundedLine: number | null;
  /** Rows whose value is not of the column's kind, and the first such line. */
  readonly unreadable: number;
  readonly unreadableLine: number | null;
}

/** A column is of a kind when all but this share of its rows are. */
const tolerated = 0.02;

/** Profiles a column; the work is by distinct value, not by row. */
export function profileColumn(table: Table, column: TextColumn): ColumnProfile {
  const counts = countCodes(column);
  const { values } = column;
  const share = { number: 0, whole: 0, list: 0, bracket: 0, date: 0, rounded: 0 };
  let missing = 0;
  let distinct = 0;
  let min = Infinity;
  let max = -Infinity;
  let entries = 0;
  let beyond = -1;
  let rounded = -1;
  const isKind = {
    number: new Uint8Array(values.length),
    list: new Uint8Array(values.length),
    date: new Uint8Array(values.length),
  };
  values.forEach((text, code) => {
    const count = counts[code]!;
    if (isMissing(text)) {
      missing += count;
      return;
    }
    distinct++;
    const value = parseNumber(text);
    if (value !== null) {
      share.number += count;
      isKind.number[code] = 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
      if (isWhole(text)) {
        share.whole += count;
        if (beyond < 0 && isBeyondInt32(text)) beyond = code;
      } else if (isRounded(text)) {
        share.rounded += count;
        if (rounded < 0) rounded = code;
      }
      return;
    }
    if (parseAnyDate(text) !== null) {
      share.date += count;
      isKind.date[code] = 1;
      return;
    }
    const list = parseList(text);
    if (list) {
      share.list += count;
      entries += count * list.length;
      if (/^\s*[[({]/.test(text)) share.bracket += count;
      isKind.list[code] = 1;
    }
  });
  const filled = table.rows - missing;
  const nearly = (count: number): boolean => filled > 0 && count >= (1 - tolerated) * filled;
  // A history that holds one item reads like a number (`1|2|3` beside `7`): lists and single entries together are lists.
  const listed =
    share.bracket > 0 ? share.list : share.list > 0.2 * filled ? share.list + singles(column, counts) : 0;
  const kind: ColumnKind =
    filled === 0
      ? 'empty'
      : nearly(share.number)
        ? share.whole + share.rounded === share.number
          ? 'integer'
          : 'decimal'
        : nearly(share.date)
          ? 'date'
          : nearly(listed)
            ? 'list'
            : 'text';
  const fits =
    kind === 'integer' || kind === 'decimal' ? isKind.number : kind === 'date' ? isKind.date : null;
  const odd = (code: number): boolean => fits !== null && fits[code] === 0 && !isMissing(values[code]!);
  let unreadable = 0;
  values.forEach((_, code) => {
    if (odd(code)) unreadable += counts[code]!;
  });
  const isNumber = kind === 'integer' || kind === 'decimal';
  const order = values.map((_, code) => code).filter((code) => !isMissing(values[code]!));
  order.sort((a, b) => counts[b]! - counts[a]! || a - b);
  return {
    name: column.name,
    kind,
    distinct,
    filled,
    missing,
    examples: order.slice(0, 5).map((code) => clipped(values[code]!)),
    topShare: table.rows === 0 || order.length === 0 ? 0 : counts[order[0]!]! / table.rows,
    min: isNumber ? min : null,
    max: isNumber ? max : null,
    numbers: share.number,
    timeUnit: kind === 'date' || isNumber ? guessTimeUnit(values, counts) : null,
    meanLength: kind === 'list' ? entries / Math.max(1, filled) : null,
    beyondInt32Line: beyond < 0 ? null : firstLine(table, column, (code) => code === beyond),
    roundedLine: rounded < 0 ? null : firstLine(table, column, (code) => code === rounded),
    unreadable,
    unreadableLine: unreadable === 0 ? null : firstLine(table, column, odd),
  };
}

function singles(column: TextColumn, counts: Float64Array): number {
  let rows = 0;
  column.values.forEach((text, code) => {
    if (!isMissing(text) && parseList(text) === null && /^\s*\S+\s*$/.test(text)) rows += counts[code]!;
  });
  return rows;
}

/** Line of the first row whose code passes. */
export function firstLine(
  table: Table,
  column: TextColumn,
  passes: (code: number) => boolean,
): number | null {
  const row = column.codes.findIndex(passes);
  return row < 0 ? null : table.lines[row]!;
}

function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
