import { gunzipChunks, readChunks, sourceName, sourceSize, type ImportSource } from './bytes';
import { decodeChunks, UndecodableBytes } from './decode';
import { guessEncoding, looksLikeGb18030 } from './encoding';
import { counted, ImportError, notice, type Notice } from './errors';
import { parseText } from './dialect';
import { readPreamble } from './preamble';
import { checkAborted, defaultMaxBytes, defaultMaxRows, type ReadOptions } from './options';
import type { Table } from './table';
import { TextRows } from './textRows';

/**
 * Reads a text table (CSV, TSV, `::`, …, gzipped or not) by streaming.
 *
 * @throws ImportError for an empty file, bytes that cannot be decoded, no delimiter, too many ragged rows.
 */
export async function readTextTable(
  source: ImportSource,
  gzip: boolean,
  options: ReadOptions = {},
): Promise<Table> {
  const head = await firstBytes(source, gzip);
  const forced = options.dialect?.encoding ?? null;
  const guess = forced === null ? guessEncoding(head) : { encoding: forced, marked: false };
  try {
    return await readAs(source, gzip, guess.encoding, options);
  } catch (error) {
    if (!(error instanceof UndecodableBytes)) throw error;
    // The first part was plain ASCII, so nothing spoke against UTF-8 until now.
    if (forced === null && guess.encoding === 'utf-8' && !guess.marked && (await isGb18030(source, gzip))) {
      try {
        return await readAs(source, gzip, 'gb18030', options);
      } catch (second) {
        if (!(second instanceof UndecodableBytes)) throw second;
      }
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
  const { dialect, length } = readPreamble(text.replace(/\r\n?/g, '\n'), true, options.dialect);
  let column: string | null = null;
  if (dialect) {
    const index = (parseText(error.before, dialect, false).data[0]?.length ?? 1) - 1;
    const names = parseText(text.replace(/\r\n?/g, '\n').slice(length), dialect, true).data[0] ?? [];
    column = dialect.header && error.line > 1 ? (names[index]?.trim() ?? null) : `column_${index + 1}`;
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
  // Unpacked, the size is not known beforehand.
  const rows = new TextRows(options, maxRows, gzip || size > maxBytes ? maxBytes : null);
  let read = 0;
  const chunks = openChunks(source, gzip, (bytes) => (read = bytes), options.signal);
  for await (const text of decodeChunks(chunks, encoding)) {
    checkAborted(options.signal);
    rows.push(text, false);
    options.onProgress?.({ phase: 'reading', fraction: size > 0 ? read / size : 1, rows: rows.seen });
  }
  rows.push('', true);
  const { builder, dialect } = rows.end();
  const notices = rows.notices;
  if (encoding !== 'utf-8' && encoding !== 'utf-16le' && !options.dialect?.encoding) {
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
      delimiter: dialect.delimiter,
      encoding,
      header: dialect.header,
      quotes: dialect.quotes,
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
