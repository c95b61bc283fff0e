import Papa from 'papaparse';
import type { Dialect } from './options';

export type GuessedDialect = {
  readonly delimiter: string;
  readonly header: boolean;
  readonly quotes: boolean;
  /** Cells of most rows. */
  readonly cells: number;
};

const candidates = [',', '\t', '::', ';', '|', '\u0001'];

/** What `Papa.Parser` answers; its own types leave it open. */
export interface ParsedText {
  readonly data: string[][];
  /** `index`: place in the text after the opening quote. */
  readonly errors: readonly { readonly code?: string; readonly row?: number; readonly index?: number }[];
  readonly meta: { readonly cursor: number };
}

/** One call of papaparse's parser: complete rows only where `more` text follows. */
export function parseText(
  text: string,
  dialect: Pick<GuessedDialect, 'delimiter' | 'quotes'>,
  more: boolean,
): ParsedText {
  const parser = new Papa.Parser({
    delimiter: dialect.delimiter,
    newline: '\n',
    // Its fast mode splits and reads no quotes.
    fastMode: dialect.quotes ? undefined : true,
  });
  return parser.parse(text, 0, more) as ParsedText;
}

/** Rows that are not blank lines. */
function withoutBlankRows(rows: readonly string[][]): string[][] {
  return rows.filter((row) => row.length > 1 || row[0] !== '');
}

/**
 * Guesses how a text is laid out from its first rows: the delimiter that cuts most rows into the same number (above one)
 * of cells, and whether the first row is a header.
 *
 * @param head the first part of the text; a cut last row is dropped where `more` is set.
 * @returns null where no delimiter cuts the rows into columns.
 */
export function guessDialect(
  head: string,
  more: boolean,
  given: Partial<Dialect> = {},
): GuessedDialect | null {
  const delimiter = given.delimiter ?? guessDelimiter(head, more);
  if (delimiter === null) return null;
  // `::` files (MovieLens) were never written with quotes in mind.
  const quotes = given.quotes ?? delimiter !== '::';
  const rows = firstRows(head, { delimiter, quotes }, more);
  const { cells } = commonLength(rows);
  // A delimiter at the end of every line but the header's adds no column.
  const trailing = rows.slice(1).every((row) => row.length !== cells || row[cells - 1] === '');
  return {
    delimiter,
    quotes,
    header: given.header ?? looksLikeHeader(rows),
    cells: trailing && rows[0]?.length === cells - 1 ? cells - 1 : cells,
  };
}

/** Rows of a head that are not blank, two hundred at most. */
export function firstRows(
  head: string,
  dialect: Pick<GuessedDialect, 'delimiter' | 'quotes'>,
  more: boolean,
): string[][] {
  return withoutBlankRows(parseText(head, dialect, more).data).slice(0, 200);
}

function guessDelimiter(head: string, more: boolean): string | null {
  let best: { delimiter: string; score: number } | null = null;
  for (const delimiter of candidates) {
    const rows = firstRows(head, { delimiter, quotes: delimiter !== '::' }, more).slice(0, 100);
    const { cells, share } = commonLength(rows);
    if (cells < 2) continue;
    // Agreement counts most; among delimiters that agree, the one that finds more columns.
    const score = share + Math.min(cells, 100) / 1000;
    if (!best || score > best.score + 1e-9) best = { delimiter, score };
  }
  if (best) return best.delimiter;
  // Words of a text are cut by spaces too, but hardly ever into as many pieces on every line.
  const { cells, share } = commonLength(firstRows(head, { delimiter: ' ', quotes: true }, more));
  return cells >= 3 && share >= 0.95 ? ' ' : null;
}

/** The number of cells that most rows have, and the share of rows that have it. */
function commonLength(rows: readonly string[][]): { readonly cells: number; readonly share: number } {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  let cells = 0;
  let most = 0;
  for (const [length, count] of counts) if (count > most) [cells, most] = [length, count];
  return { cells, share: rows.length === 0 ? 0 : most / rows.length };
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Whether the first row names the columns: it is not all numbers, and its words stand above numbers or above values that do not
 * repeat them. Words and numbers that do come again below speak against it.
 */
export function looksLikeHeader(rows: readonly string[][]): boolean {
  const [first, ...rest] = rows;
  if (!first) return true;
  const names = first.map((cell) => cell.trim());
  if (names.every((cell) => cell === '' || number.test(cell))) return false;
  if (rest.length === 0) return true;
  let speaks = 0;
  names.forEach((name, column) => {
    if (name === '') return;
    const below = rest.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
    if (below.length === 0) return;
    if (number.test(name)) {
      if (below.includes(name)) speaks -= 0.5;
      return;
    }
    const numeric = below.filter((cell) => number.test(cell)).length / below.length;
    if (numeric > 0.9) speaks += 2;
    else if (below.includes(name)) speaks -= 1;
    else if (isNameLike(name) && !hasShapeOf(name, below)) speaks += 1;
  });
  return speaks > 0;
}

/** Letters first, more of them than digits, and no number of four digits or more (a year, an id). */
function isNameLike(text: string): boolean {
  if (!/^[\p{L}_][\p{L}\p{N}_ .:/()-]*$/u.test(text)) return false;
  if (/\d{4}/.test(text)) return false;
  return (text.match(/\p{L}/gu)?.length ?? 0) >= (text.match(/\p{N}/gu)?.length ?? 0);
}

/** Whether a cell with digits has the shape of the values below it (`N12345`, a date, a list), so is a value and not a name. */
function hasShapeOf(text: string, below: readonly string[]): boolean {
  if (!/\d/.test(text)) return false;
  const shape = (cell: string): string => cell.replace(/\d+/g, '0').replace(/[a-z]+/gi, 'a');
  const own = shape(text);
  return below.filter((cell) => shape(cell) === own).length > below.length / 2;
}
