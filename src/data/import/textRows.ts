import { counted, ImportError, notice, type Notice } from './errors';
import { usableNames } from './header';
import { guessDialect, parseText, type GuessedDialect, type ParsedText } from './dialect';
import type { ReadOptions } from './options';
import { TableBuilder } from './table';

/** A cell longer than this is taken for a quote that nobody closed. */
const longestCell = 2 ** 20;
/** Text enough to guess a dialect from. */
const guessedFrom = 2 ** 16;
/** Text parsed at once right after a wrong quote: one such quote makes the parser run to the end, and this keeps that cheap. */
const smallPiece = 2 ** 12;
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
        `${counted(ragged.count, 'row')} of ${all.toLocaleString('en-US')} ${ragged.count === 1 ? 'does' : 'do'} not have the ${width} cells that the columns need (first: line ${ragged.line}); check the delimiter and the quotes.`,
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
    const dialect = guessDialect(this.text, !last, this.options.dialect);
    if (dialect) return dialect;
    throw new ImportError(
      'oneColumn',
      'The first rows hold a single column: none of comma, tab, “::”, semicolon or “|” separates them; say which character does.',
      { line: 1 },
    );
  }

  /** Parses what can be parsed. @returns how much of the text was used up. */
  private parse(dialect: GuessedDialect, last: boolean): number {
    const { text } = this;
    let start = 0;
    let size = this.quotes.count > 0 ? smallPiece : text.length;
    while (start < text.length) {
      const end = Math.min(text.length, start + size);
      const more = !last || end < text.length;
      const part = text.slice(start, end);
      const parsed = parseText(part, dialect, more);
      const wrong = dialect.quotes ? wrongQuote(parsed, part, more) : -1;
      if (wrong >= 0) {
        const length = this.takeWrongLine(part, parsed, wrong, dialect);
        if (length > 0) {
          start += length;
          size = smallPiece;
          continue;
        }
      }
      const used = more ? parsed.meta.cursor : part.length;
      if (used > 0) {
        this.addRows(parsed.data, dialect);
        start += used;
        size *= 4;
      } else if (end < text.length) {
        size *= 2;
      } else {
        break;
      }
    }
    return start;
  }

  private addRows(rows: readonly string[][], dialect: GuessedDialect): void {
    for (const cells of rows) {
      const line = this.line;
      this.line += 1 + (dialect.quotes ? inner(cells) : 0);
      if (cells.length > 1 || cells[0] !== '') this.addRow(cells, line);
    }
  }

  /** Takes the rows before a wrong quote, and its line as it stands. @returns the length of all that; 0 where its end is not here yet. */
  private takeWrongLine(part: string, parsed: ParsedText, quote: number, dialect: GuessedDialect): number {
    const lineStart = part.lastIndexOf('\n', quote - 1) + 1;
    const newline = part.indexOf('\n', quote);
    const row = parsed.errors.find((error) => error.index === quote)?.row ?? parsed.data.length;
    const first = this.line;
    if (newline < 0 && row >= parsed.data.length) return 0;
    this.addRows(parsed.data.slice(0, row), dialect);
    // A cell before it may have spanned lines; the text itself says which line this is.
    this.line = first + count(part.slice(0, lineStart));
    const literal = part.slice(lineStart, newline < 0 ? part.length : newline);
    const cells = parseText(literal, { ...dialect, quotes: false }, false).data[0] ?? [''];
    if (this.quotes.count++ === 0) this.quotes.line = this.line;
    this.addRow(cells, this.line++);
    return newline < 0 ? part.length : newline + 1;
  }

  private addRow(cells: string[], line: number): void {
    if (!this.builder) {
      const named = this.dialect!.header;
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
    for (const cell of cells) this.measured.characters += cell.length;
    this.builder.add(cells, line);
    const { rows } = this.measured;
    // Judged again whenever the rows seen have doubled; rows that follow a sampled one change nothing any more.
    if (this.maxBytes !== null && rows >= firstMeasured && (rows & (rows - 1)) === 0) {
      const mean = this.measured.characters / rows;
      this.builder.limit(Math.max(firstMeasured, Math.floor(this.maxBytes / mean)));
    }
  }
}

/** Place after the opening quote of the first cell that is quoted wrongly, or -1. */
function wrongQuote({ errors, data, meta }: ParsedText, part: string, more: boolean): number {
  for (const { code, row, index } of errors) {
    if (index === undefined || row === undefined) continue;
    if (code !== 'MissingQuotes' && code !== 'InvalidQuotes') continue;
    // A last row that is not complete may yet turn out well.
    if (row < data.length || !more || part.length - meta.cursor > longestCell) return index;
  }
  if (more && part.length - meta.cursor > longestCell) {
    const open = part.indexOf('"', meta.cursor);
    return open < 0 ? -1 : open + 1;
  }
  return -1;
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
