import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readSlice, sourceName, sourceSize, type ImportSource } from './bytes';
import { ImportError } from './errors';
import { usableNames } from './header';
import { breathe, checkAborted, defaultMaxBytes, defaultMaxRows, type ReadOptions } from './options';
import { sampledNotice } from './readText';
import { TableBuilder, type Table } from './table';
import type { Notice } from './errors';

/** Rows decoded at a time; row groups of a million rows would otherwise stand in memory as JavaScript values. */
const rowsAtOnce = 20_000;

/** Reads a Parquet file row group by row group. @throws ImportError `badParquet`, `noRows`. */
export async function readParquetTable(source: ImportSource, options: ReadOptions = {}): Promise<Table> {
  const file: AsyncBuffer = {
    byteLength: sourceSize(source),
    slice: async (start, end = sourceSize(source)) => {
      const bytes = await readSlice(source, start, end);
      return bytes.slice().buffer;
    },
  };
  const metadata = await guarded(() => parquetMetadataAsync(file));
  const total = Number(metadata.num_rows);
  if (total === 0) throw new ImportError('noRows', 'The Parquet file has no rows; choose a file with rows.');
  const notices: Notice[] = [];
  const paths = topLevelColumns(metadata);
  const names = usableNames(paths, 1, notices);
  const builder = new TableBuilder(names, Math.max(1, options.maxRows ?? defaultMaxRows), options.seed ?? 1);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  let characters = 0;
  let start = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = start + Number(group.num_rows);
    for (let from = start; from < groupEnd; from += rowsAtOnce) {
      checkAborted(options.signal);
      const to = Math.min(groupEnd, from + rowsAtOnce);
      const rows = await guarded(() => readRows(file, metadata, from, to));
      for (let r = 0; r < rows.length; r++) {
        const cells = rows[r]!.map(cellText);
        for (const cell of cells) characters += cell.length + 1;
        builder.add(cells, from + r + 1);
      }
      if (total * (characters / builder.seen) > maxBytes) {
        builder.limit(Math.max(1, Math.floor(maxBytes / (characters / builder.seen))));
      }
      options.onProgress?.({ phase: 'reading', fraction: to / total, rows: builder.seen });
      await breathe();
    }
    start = groupEnd;
  }
  if (builder.seen > builder.kept) notices.push(sampledNotice(builder.kept, builder.seen, options.seed ?? 1));
  return builder.finish(
    sourceName(source, options.name),
    { kind: 'parquet', gzip: false, delimiter: null, encoding: null, header: true, quotes: null },
    notices,
  );
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<unknown[][]> {
  let rows: unknown[][] = [];
  await parquetRead({
    file,
    metadata,
    compressors,
    rowStart,
    rowEnd,
    rowFormat: 'array',
    onComplete: (data) => {
      rows = data as unknown[][];
    },
  });
  return rows;
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImportError(
      'badParquet',
      `The Parquet file cannot be read (${reason}); write it again, for example with pandas' to_parquet.`,
    );
  }
}

function topLevelColumns(metadata: FileMetaData): string[] {
  const [root, ...rest] = metadata.schema;
  const names: string[] = [];
  let at = 0;
  const skip = (): void => {
    const element = rest[at++]!;
    for (let child = 0; child < (element.num_children ?? 0); child++) skip();
  };
  for (let child = 0; child < (root?.num_children ?? 0); child++) {
    names.push(rest[at]!.name);
    skip();
  }
  return names;
}

/** A Parquet value as the text that a CSV file would hold: lists as JSON, times as ISO, nothing as an empty cell. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `[${Array.from(value as Uint8Array).join(', ')}]`;
  }
  if (Array.isArray(value)) return `[${value.map(cellText).join(', ')}]`;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
