import { counted, ImportError, notice, type Notice } from './errors';
import { usableNames } from './header';
import { parseText, type GuessedDialect } from './dialect';
import { longestCell, longestRow } from './limits';
import type { ReadOptions } from './options';
import { readPreamble } from './preamble';
import { completeRows } from './quotedRows';
import { TableBuilder } from './table';
import { formatCount } from '../count';

/** Text enough to guess a dialect from. */
const guessedFrom = 2 ** 16;
/** Rows from whose length the length of all is first judged; a power of two. */
const firstMeasured = 256;
/** Above this share, rows of a wrong length mean that the file was read wrongly. */
const mostRagged = 0.1;

/**
 * Turns pieces of text (line ends are `\n`) into rows of a table, in whatever pieces the text arrives.
 *
 * A line whose quote is not closed where its cell ends is read as it stands, quotes and all; so is a line with a quote that is
 * never closed, instead of taking all that follows for one cell.
 */
export class TextRows {
  readonly notices: Notice[] = [];
  private text = '';
  /** Line of the next row. */
  private line = 1;
  private dialect: GuessedDialect | null = null;
  private builder: TableBuilder | null = null;
  private ragged = { count: 0, line: 0, cells: 0 };
  private quotes = { count: 0, line: 0 };
  private measured = { rows: 0, characters: 0 };

  constructor(
    private readonly options: ReadOptions,
    private readonly maxRows: number,
    /** Bytes of text to keep at most, where the file may hold more. */
    private readonly maxBytes: number | null = null,
  ) {}

  get seen(): number {
    return this.builder?.seen ?? 0;
  }

  /** Takes the next piece. @throws ImportError `emptyFile`, `oneColumn`. */
  push(piece: string, last: boolean): void {
    this.text += piece;
    if (!this.dialect) {
      if (!last && this.text.length < guessedFrom) return;
      this.dialect = this.guess(last);
    }
    this.text = this.text.slice(this.parse(this.dialect, last));
  }

  /** @throws ImportError `raggedRows`, `noRows`, `emptyFile`. */
  end(): { builder: TableBuilder; dialect: GuessedDialect } {
    const { builder, dialect, ragged } = this;
    if (!builder || !dialect) throw emptyFile();
    const width = builder.names.length;
    const all = builder.seen + ragged.count;
    if (ragged.count > mostRagged * all) {
      throw new ImportError(
        'raggedRows',
        `${counted(ragged.count, 'row')} of ${formatCount(all)} ${ragged.count === 1 ? 'does' : 'do'} not have the ${width} cells that the columns need (first: line ${ragged.line}); check the delimiter and the quotes.`,
        { line: ragged.line },
      );
    }
    if (builder.seen === 0) {
      throw new ImportError(
        'noRows',
        'The file has column names but no rows below them; choose a file with rows.',
        {
          line: 1,
        },
      );
    }
    if (ragged.count > 0) {
      this.notices.push(
        notice(
          'raggedRows',
          `Left out ${counted(ragged.count, 'row')} with more or fewer than ${width} cells (first: line ${ragged.line}, with ${ragged.cells}).`,
          { line: ragged.line },
        ),
      );
    }
    if (this.quotes.count > 0) {
      this.notices.push(
        notice(
          'badQuotes',
          `${counted(this.quotes.count, 'line')} with a quote that is not closed where its cell ends ${this.quotes.count === 1 ? 'was' : 'were'} read as ${this.quotes.count === 1 ? 'it stands' : 'they stand'} (first: line ${this.quotes.line}).`,
          { line: this.quotes.line },
        ),
      );
    }
    return { builder, dialect };
  }

  private guess(last: boolean): GuessedDialect {
    if (this.text.trim() === '') throw emptyFile();
    const { dialect, length, lines, notice: told } = readPreamble(this.text, !last, this.options.dialect);
    this.text = this.text.slice(length);
    this.line += lines;
    if (told) this.notices.push(told);
    if (dialect) return dialect;
    throw new ImportError(
      'oneColumn',
      'The first rows hold a single column: none of comma, tab, “::”, semicolon, “|” or space separates them; say which character does.',
      { line: 1 },
    );
  }

  /** Parses what can be parsed. @returns how much of the text was used up. @throws ImportError `tooLarge`. */
  private parse(dialect: GuessedDialect, last: boolean): number {
    const { text } = this;
    let start = 0;
    while (start < text.length) {
      const quoting = dialect.quotes && text.indexOf('"', start) >= 0;
      const { end, wrong } = quoting
        ? completeRows(text, start, dialect.delimiter, last)
        : { end: last ? text.length : text.lastIndexOf('\n') + 1, wrong: null };
      if (end > start) {
        const rows = parseText(text.slice(start, end), { ...dialect, quotes: quoting }, false).data;
        // A line end at the end of the part is followed by no row.
        if (text[end - 1] === '\n') rows.pop();
        this.addRows(rows, quoting);
        start = end;
      }
      if (wrong === null) break;
      const newline = text.indexOf('\n', wrong);
      if (newline < 0 && !last) break;
      const lineEnd = newline < 0 ? text.length : newline;
      const cells = parseText(text.slice(wrong, lineEnd), { ...dialect, quotes: false }, false).data[0] ?? [
        '',
      ];
      if (this.quotes.count++ === 0) this.quotes.line = this.line;
      this.addRow(cells, this.line++);
      start = lineEnd + 1;
    }
    if (text.length - start > longestRow) {
      throw new ImportError(
        'tooLarge',
        `Line ${this.line} is longer than ${formatCount(longestRow)} characters, so it is no row of a log; check the line ends and the quotes.`,
        { line: this.line },
      );
    }
    return start;
  }

  /** @param quoting whether cells may hold line ends. */
  private addRows(rows: readonly string[][], quoting: boolean): void {
    for (const cells of rows) {
      const line = this.line;
      this.line += 1 + (quoting ? inner(cells) : 0);
      if (cells.length > 1 || cells[0] !== '') this.addRow(cells, line);
    }
  }

  private addRow(cells: string[], line: number): void {
    if (!this.builder) {
      const named = this.dialect!.header;
      if (named) fitHeader(cells, this.dialect!.cells);
      const names = named ? usableNames(cells, line, this.notices) : cells.map((_, c) => `column_${c + 1}`);
      if (!named) {
        const sentence = `The first row holds values, not names: columns are called column_1 to column_${cells.length}.`;
        this.notices.push(notice('noHeader', sentence, { line }));
      }
      this.builder = new TableBuilder(names, this.maxRows, this.options.seed ?? 1);
      if (named) return;
    }
    const width = this.builder.names.length;
    // One empty cell too many is a delimiter at the line's end.
    if (cells.length !== width && !(cells.length === width + 1 && cells[width] === '')) {
      if (this.ragged.count++ === 0) this.ragged = { count: 1, line, cells: cells.length };
      return;
    }
    this.measured.rows++;
    this.measured.characters += width;
    for (const cell of cells) {
      this.measured.characters += cell.length;
      if (cell.length > longestCell) {
        throw new ImportError(
          'tooLarge',
          `Line ${line} holds a cell of more than ${formatCount(longestCell)} characters, which is no value of a log; leave that column out.`,
          { line },
        );
      }
    }
    this.builder.add(cells, line);
    const { rows } = this.measured;
    // Judged again whenever the rows seen have doubled; rows that follow a sampled one change nothing any more.
    if (this.maxBytes !== null && rows >= firstMeasured && (rows & (rows - 1)) === 0) {
      const mean = this.measured.characters / rows;
      this.builder.limit(Math.max(firstMeasured, Math.floor(this.maxBytes / mean)));
    }
  }
}

/** Makes a header as long as its rows: R names no row names, and some tools end the header alone with a delimiter. */
function fitHeader(names: string[], width: number): void {
  if (names.length === width - 1) names.unshift('');
  else if (names.length === width + 1 && names[width] === '') names.pop();
}

function count(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** Line ends inside cells. */
function inner(cells: readonly string[]): number {
  let lines = 0;
  for (const cell of cells) lines += count(cell);
  return lines;
}

function emptyFile(): ImportError {
  return new ImportError('emptyFile', 'The file is empty; choose a file with rows.');
}
