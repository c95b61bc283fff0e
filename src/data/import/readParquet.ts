import {
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readSlice, sourceName, sourceSize, type ImportSource } from './bytes';
import { ImportError } from './errors';
import { usableNames } from './header';
import { checkAborted, defaultMaxBytes, defaultMaxRows, yieldToEventLoop, type ReadOptions } from './options';
import { sampledNotice } from './readText';
import { TableBuilder, type Table } from './table';
import type { Notice } from './errors';

/** Rows from whose text the size of all rows is judged. */
const measuredRows = 1000;

/**
 * Reads a Parquet file row group by row group and, within one, column by column: one decoded column chunk is all that stands
 * in memory beside the kept rows.
 *
 * @throws ImportError `badParquet`, `noRows`.
 */
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
  const columns = await guarded(async () =>
    parquetSchema(metadata).children.map((child) => child.element.name),
  );
  const names = usableNames(columns, 1, notices);
  const builder = new TableBuilder(names, Math.max(1, options.maxRows ?? defaultMaxRows), options.seed ?? 1);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const meanBytes = await meanRowLength(file, metadata, columns, maxBytes);
  if (meanBytes * total > maxBytes) builder.limit(Math.max(1, Math.floor(maxBytes / meanBytes)));
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const slots = builder.offer(end - start, start + 1);
    for (const [index, column] of columns.entries()) {
      checkAborted(options.signal);
      const values = await readColumn(file, metadata, column, start, end);
      builder.fill(index, slots, (i) => cellText(values[i]));
      const done = start + ((end - start) * (index + 1)) / columns.length;
      options.onProgress?.({ phase: 'reading', fraction: done / total, rows: Math.round(done) });
      await yieldToEventLoop();
    }
    start = end;
  }
  if (builder.seen > builder.kept) notices.push(sampledNotice(builder.kept, builder.seen, options.seed ?? 1));
  return builder.finish(
    sourceName(source, options.name),
    { kind: 'parquet', gzip: false, delimiter: null, encoding: null, header: true, quotes: null },
    notices,
  );
}

/** Mean length of a row as text; 0 (not measured, for it costs a decoded row group) where the file is surely small enough. */
async function meanRowLength(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
  maxBytes: number,
): Promise<number> {
  const unpacked = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  // Dictionaries and run lengths can hold a table in a small part of its text.
  if (unpacked * 20 <= maxBytes) return 0;
  const rows = Math.min(measuredRows, Number(metadata.row_groups[0]?.num_rows ?? 0));
  let characters = 0;
  for (const column of columns) {
    const values = await readColumn(file, metadata, column, 0, rows);
    for (let i = 0; i < rows; i++) characters += cellText(values[i]).length + 1;
  }
  return characters / Math.max(1, rows);
}

/** Values of one column in rows `start` … `end`, which lie in one row group. */
function readColumn(
  file: AsyncBuffer,
  metadata: FileMetaData,
  column: string,
  rowStart: number,
  rowEnd: number,
): Promise<ArrayLike<unknown>> {
  return guarded(async () => {
    // A scan keeps the columns that it has read; so each gets its own, to be forgotten.
    const scan = await parquetScan({
      file,
      metadata,
      compressors,
      columns: [column],
      useOffsetIndex: false,
    });
    return (await scan.readColumn({ column, rowStart, rowEnd })) as ArrayLike<unknown>;
  });
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
