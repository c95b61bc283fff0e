/** What tools and people write above the column names: `sep=;`, a title, comments, blank lines. */
import { firstRows, guessDialect, looksLikeHeader, type GuessedDialect } from './dialect';
import { shortened } from '../shortened';
import { counted, notice, type Notice } from './errors';
import type { Dialect } from './options';

export interface Preamble {
  /** Null where no delimiter cuts the rows into columns. */
  readonly dialect: GuessedDialect | null;
  /** Characters and lines before the header, or before the first row where there is none. */
  readonly length: number;
  readonly lines: number;
  readonly notice: Notice | null;
}

/** Lines above the header at most. */
const mostLines = 50;
const comment = /^\s*(#|%|\/\/)/;
/** Excel's way to say which delimiter follows. */
const separator = /^\s*"?sep=(\\t|[^"\n])"?[^\S\n]*\n/i;

/**
 * Guesses a text's dialect and how much stands above its table.
 *
 * @param head the first part of the text, its line ends `\n`; more follows where `more` is set.
 * @param given what is known of the dialect.
 */
export function readPreamble(head: string, more: boolean, given: Partial<Dialect> = {}): Preamble {
  const said = separator.exec(head);
  const start = said ? said[0].length : 0;
  const own = said
    ? { ...given, delimiter: given.delimiter ?? (said[1] === '\\t' ? '\t' : said[1]!) }
    : given;
  const guess = guessDialect(head.slice(start), more, own);
  if (!guess) return { dialect: null, length: start, lines: said ? 1 : 0, notice: null };
  const skipped: string[] = [];
  let at = start;
  let header: number | null = null;
  while (skipped.length < mostLines) {
    const end = head.indexOf('\n', at);
    if (end < 0) break;
    const line = head.slice(at, end);
    const rest = (): string[][] => firstRows(head.slice(end + 1), guess, more);
    if (line.trim() !== '' && !standsAbove(line, guess, rest)) {
      // A header that is written as a comment keeps its names.
      header = comment.test(line) ? line.search(/[^\s#%/]/) : null;
      break;
    }
    skipped.push(line);
    at = end + 1;
  }
  const cut = header !== null && header > 0 ? header : 0;
  const words = skipped.filter((line) => line.trim() !== '');
  return {
    dialect:
      at > start || cut > 0
        ? guessDialect(head.slice(at + cut), more, { ...own, delimiter: guess.delimiter })
        : guess,
    length: at + cut,
    lines: (said ? 1 : 0) + skipped.length,
    notice:
      words.length === 0
        ? null
        : notice(
            'skippedLines',
            `Skipped ${counted(words.length, 'line')} above the table (first: “${shortened(words[0]!)}”).`,
            { line: 1 },
          ),
  };
}

/** Whether a line that is not blank is no part of the table below it. */
function standsAbove(line: string, guess: GuessedDialect, rest: () => string[][]): boolean {
  // A quote that the line does not close: a name that spans lines.
  if (guess.quotes && (line.split('"').length & 1) === 0) return false;
  const row = firstRows(line, guess, false)[0] ?? [];
  const fits = (cells: number): boolean => cells === guess.cells || cells === guess.cells + 1;
  if (comment.test(line)) return !(fits(row.length) && row.length > 1 && !looksLikeHeader(rest()));
  if (fits(row.length) || guess.cells < 2) return false;
  if (row.length === 1) return true;
  // R leaves out the name of its row names.
  if (row.length === guess.cells - 1 && looksLikeHeader([['', ...row], ...rest()])) return false;
  const below = rest();
  return below[0]?.length === guess.cells && looksLikeHeader(below);
}
