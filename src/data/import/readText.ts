import { gunzipChunks, readChunks, sourceName, sourceSize, type ImportSource } from './bytes';
import { decodeChunks, UndecodableBytes } from './decode';
import { guessEncoding, looksLikeGb18030 } from './encoding';
import { counted, ImportError, notice, type Notice } from './errors';
import { usableNames } from './header';
import { guessLayout, parseText, type KnownLayout, type ParsedText } from './layout';
import { checkAborted, defaultMaxBytes, defaultMaxRows, type ReadOptions } from './options';
import { TableBuilder, type Table } from './table';

/** A cell longer than this is taken for a quote that nobody closed. */
const longestCell = 2 ** 20;
/** Above this share, rows of a wrong length mean that the file was read wrongly. */
const mostRagged = 0.1;

/**
 * Reads a text table (CSV, TSV, `::`, …, gzipped or not) by streaming.
 *
 * @throws ImportError for an empty file, bytes that cannot be decoded, no delimiter, quotes that never close, too many ragged rows.
 */
export async function readTextTable(
  source: ImportSource,
  gzip: boolean,
  options: ReadOptions = {},
): Promise<Table> {
  const head = await firstBytes(source, gzip);
  const forced = options.layout?.encoding ?? null;
  const guess = forced === null ? guessEncoding(head) : { encoding: forced, marked: false };
  try {
    return await readAs(source, gzip, guess.encoding, options);
  } catch (error) {
    if (!(error instanceof UndecodableBytes)) throw error;
    // The first part was plain ASCII, so nothing spoke against UTF-8 until now.
    if (forced === null && guess.encoding === 'utf-8' && !guess.marked && (await isGb18030(source, gzip))) {
      return readAs(source, gzip, 'gb18030', options);
    }
    throw await describeBadBytes(error, source, gzip, options);
  }
}

async function firstBytes(source: ImportSource, gzip: boolean, wanted = 2 ** 18): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of openChunks(source, gzip)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= wanted) break;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.subarray(0, wanted);
}

function openChunks(
  source: ImportSource,
  gzip: boolean,
  onRead?: (bytes: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = readChunks(source, onRead, signal);
  return gzip ? gunzipChunks(chunks) : chunks;
}

async function isGb18030(source: ImportSource, gzip: boolean): Promise<boolean> {
  let spoken = false;
  for await (const chunk of openChunks(source, gzip)) {
    if (!chunk.some((byte) => byte >= 0x80)) continue;
    if (!looksLikeGb18030(chunk)) return false;
    spoken = true;
  }
  return spoken;
}

async function describeBadBytes(
  error: UndecodableBytes,
  source: ImportSource,
  gzip: boolean,
  options: ReadOptions,
): Promise<ImportError> {
  const text = new TextDecoder(error.encoding).decode(await firstBytes(source, gzip));
  const layout = guessLayout(text.replace(/\r\n?/g, '\n'), true, options.layout);
  let column: string | null = null;
  if (layout) {
    const index = (parseText(error.before, layout, false).data[0]?.length ?? 1) - 1;
    const names = parseText(text, layout, true).data[0] ?? [];
    column = layout.header && error.line > 1 ? (names[index]?.trim() ?? null) : `column_${index + 1}`;
  }
  const where = column === null ? `Line ${error.line}` : `Line ${error.line}, column “${column}”,`;
  return new ImportError(
    'badEncoding',
    `${where} holds bytes that are not ${error.encoding.toUpperCase()}; save the file as UTF-8, or name its encoding, and import it again.`,
    { line: error.line, column },
  );
}

async function readAs(
  source: ImportSource,
  gzip: boolean,
  encoding: string,
  options: ReadOptions,
): Promise<Table> {
  const file = sourceName(source, options.name);
  const size = sourceSize(source);
  const maxRows = Math.max(1, options.maxRows ?? defaultMaxRows);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const rows = new TextRows(options, maxRows);
  let read = 0;
  const chunks = openChunks(source, gzip, (bytes) => (read = bytes), options.signal);
  for await (const text of decodeChunks(chunks, encoding)) {
    checkAborted(options.signal);
    rows.push(text, false);
    // Unpacked, the size is not known beforehand; so the limit is set from the rows' own length.
    if (gzip || size > maxBytes) rows.limitBytes(maxBytes);
    options.onProgress?.({ phase: 'reading', fraction: size > 0 ? read / size : 1, rows: rows.seen });
  }
  rows.push('', true);
  const { builder, layout } = rows.end();
  const notices = rows.notices;
  if (encoding !== 'utf-8' && encoding !== 'utf-16le' && !options.layout?.encoding) {
    notices.push(
      notice(
        'guessedEncoding',
        `The file is not UTF-8; it was read as ${encoding.toUpperCase()}. Check the first rows.`,
      ),
    );
  }
  if (builder.seen > builder.kept) notices.push(sampledNotice(builder.kept, builder.seen, options.seed ?? 1));
  return builder.finish(
    file,
    {
      kind: 'text',
      gzip,
      delimiter: layout.delimiter,
      encoding,
      header: layout.header,
      quotes: layout.quotes,
    },
    notices,
  );
}

export function sampledNotice(kept: number, seen: number, seed: number): Notice {
  return notice(
    'sampled',
    `The file has ${counted(seen, 'row')}, more than are kept at once: ${counted(kept, 'row')} drawn evenly from all of it (seed ${seed}) stand for it.`,
  );
}

/** Turns pieces of text into rows of the table. */
class TextRows {
  readonly notices: Notice[] = [];
  private text = '';
  /** Line of the next row. */
  private line = 1;
  private layout: KnownLayout | null = null;
  private builder: TableBuilder | null = null;
  private ragged = { count: 0, line: 0, cells: 0 };
  private quotes = { count: 0, line: 0 };
  private measured = { rows: 0, characters: 0 };

  constructor(
    private readonly options: ReadOptions,
    private readonly maxRows: number,
  ) {}

  get seen(): number {
    return this.builder?.seen ?? 0;
  }

  limitBytes(maxBytes: number): void {
    if (this.measured.rows === 0) return;
    const mean = this.measured.characters / this.measured.rows;
    this.builder?.limit(Math.max(1, Math.floor(maxBytes / Math.max(1, mean))));
  }

  push(piece: string, last: boolean): void {
    this.text += piece;
    if (!this.layout) {
      // Enough for a guess: a good number of rows, or all there is.
      if (!last && this.text.length < 2 ** 16) return;
      this.start(last);
    }
    const layout = this.layout!;
    const parsed = parseText(this.text, layout, !last);
    const consumed = last ? this.text.length : parsed.meta.cursor;
    const quoted = layout.quotes && this.text.includes('"');
    const bad = quoted ? this.badQuotes(parsed) : null;
    for (let r = 0; r < parsed.data.length; r++) {
      const cells = parsed.data[r]!;
      const start = this.line;
      this.line += 1 + (quoted ? inner(cells) : 0);
      if (cells.length === 1 && cells[0] === '') continue;
      this.take(cells, start, bad?.has(r) ?? false);
    }
    this.text = this.text.slice(consumed);
    if (this.text.length > longestCell && this.text.includes('\n')) throw unclosedQuote(this.line);
  }

  private start(last: boolean): void {
    if (this.text.trim() === '')
      throw new ImportError('emptyFile', 'The file is empty; choose a file with rows.');
    this.layout = guessLayout(this.text, !last, this.options.layout);
    if (!this.layout) {
      throw new ImportError(
        'oneColumn',
        'The first rows hold a single column: none of comma, tab, “::”, semicolon or “|” separates them; say which character does.',
        { line: 1 },
      );
    }
  }

  private badQuotes({ errors, data }: Pick<ParsedText, 'errors' | 'data'>): Set<number> {
    const bad = new Set<number>();
    for (const { code, row } of errors) {
      // Errors of a last row that is not complete yet come again with the next piece.
      if (row === undefined || row >= data.length) continue;
      if (code === 'MissingQuotes') {
        throw unclosedQuote(data.slice(0, row).reduce((line, cells) => line + 1 + inner(cells), this.line));
      }
      if (code === 'InvalidQuotes') bad.add(row);
    }
    return bad;
  }

  private take(cells: string[], line: number, badQuotes: boolean): void {
    if (!this.builder) {
      const named = this.layout!.header;
      const names = named
        ? usableNames(cells, line, this.notices)
        : cells.map((_, index) => `column_${index + 1}`);
      if (!named) {
        this.notices.push(
          notice(
            'noHeader',
            `The first row holds values, not names: columns are called column_1 to column_${cells.length}.`,
          ),
        );
      }
      this.builder = new TableBuilder(names, this.maxRows, this.options.seed ?? 1);
      if (named) return;
    }
    const width = this.builder.names.length;
    // One empty cell too many is a delimiter at the line's end.
    const fits = cells.length === width || (cells.length === width + 1 && cells[width] === '');
    if (badQuotes && (!fits || inner(cells) > 0)) {
      if (this.quotes.count++ === 0) this.quotes.line = line;
      return;
    }
    if (!fits) {
      if (this.ragged.count++ === 0) this.ragged = { count: 1, line, cells: cells.length };
      return;
    }
    this.measured.rows++;
    this.measured.characters += width;
    for (const cell of cells) this.measured.characters += cell.length;
    this.builder.add(cells, line);
  }

  end(): { builder: TableBuilder; layout: KnownLayout } {
    const builder = this.builder;
    if (!builder || !this.layout)
      throw new ImportError('emptyFile', 'The file is empty; choose a file with rows.');
    const { ragged, quotes } = this;
    const left = ragged.count + quotes.count;
    const width = builder.names.length;
    if (left > 0 && left > mostRagged * (builder.seen + left)) {
      const line = ragged.count > 0 ? ragged.line : quotes.line;
      throw new ImportError(
        'raggedRows',
        `${counted(left, 'row')} of ${(builder.seen + left).toLocaleString('en-US')} do not have the ${width} cells that the columns need (first: line ${line}); check the delimiter and the quotes.`,
        { line },
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
    if (quotes.count > 0) {
      this.notices.push(
        notice(
          'badQuotes',
          `Left out ${counted(quotes.count, 'row')} whose quotes are not closed where their cell ends (first: line ${quotes.line}).`,
          { line: quotes.line },
        ),
      );
    }
    return { builder, layout: this.layout };
  }
}

/** Line ends inside cells. */
function inner(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells)
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

function unclosedQuote(line: number): ImportError {
  return new ImportError(
    'badQuotes',
    `A quote opened near line ${line} is never closed, so all that follows would be one cell; close it, or read the file without quotes.`,
    { line },
  );
}
