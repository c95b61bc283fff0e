import {
  parquetMetadata,
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type ParquetParsers,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { readSlice, sourceName, sourceSize, type ImportSource } from './bytes';
import { ImportError, type Notice } from './errors';
import { usableNames } from './header';
import { mostGroupRows } from './limits';
import { checkAborted, defaultMaxBytes, defaultMaxRows, yieldToEventLoop, type ReadOptions } from './options';
import { checkingCompressors, checkPages } from './parquetGuard';
import { sampledNotice } from './readText';
import { TableBuilder, type Table } from './table';
import { checkStruct } from './thriftGuard';
import { formatCount } from '../count';

/** Zstandard into the page's own size: what the bytes claim of theirs may be gigabytes. */
const unpackers: typeof compressors = {
  ...compressors,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

/** Rows from whose text the size of all rows is judged. */
const measuredRows = 1000;

/**
 * Reads a Parquet file row group by row group and, within one, column by column: one decoded column chunk is all that stands
 * in memory beside the kept rows.
 *
 * @throws ImportError `badParquet`, `noRows`, `tooLarge`.
 */
export async function readParquetTable(source: ImportSource, options: ReadOptions = {}): Promise<Table> {
  const file = await openParquet(source);
  if (file.rows === 0)
    throw new ImportError('noRows', 'The Parquet file has no rows; choose a file with rows.');
  // As a frame is written that has an index alone.
  if (file.columns.length === 0)
    throw new ImportError(
      'badParquet',
      'The Parquet file has rows but no columns; choose a file with columns.',
    );
  const notices: Notice[] = [];
  const names = usableNames(
    file.columns.map(({ name }) => name),
    1,
    notices,
  );
  const builder = new TableBuilder(names, Math.max(1, options.maxRows ?? defaultMaxRows), options.seed ?? 1);
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const meanBytes = await meanRowLength(file, maxBytes);
  if (meanBytes * file.rows > maxBytes) builder.limit(Math.max(1, Math.floor(maxBytes / meanBytes)));
  let start = 0;
  for (const group of file.groups) {
    const rows = Number(group.num_rows);
    const slots = builder.offer(rows, start + 1);
    for (const [index, column] of file.columns.entries()) {
      checkAborted(options.signal);
      const values = await readColumn(file, group, column, rows);
      builder.fill(index, slots, (i) => cellText(values[i], column.scale));
      const done = start + (rows * (index + 1)) / names.length;
      options.onProgress?.({ phase: 'reading', fraction: done / file.rows, rows: Math.round(done) });
      await yieldToEventLoop();
    }
    start += rows;
  }
  if (builder.seen > builder.kept) notices.push(sampledNotice(builder.kept, builder.seen, options.seed ?? 1));
  return builder.finish(
    sourceName(source, options.name),
    { kind: 'parquet', gzip: false, delimiter: null, encoding: null, header: true, quotes: null },
    notices,
  );
}

interface Column {
  readonly name: string;
  readonly tree: SchemaTree;
  /** Digits behind the point of a DECIMAL; null for other types. */
  readonly scale: number | null;
}

interface ParquetFile {
  readonly source: ImportSource;
  readonly metadata: FileMetaData;
  readonly root: SchemaTree;
  readonly columns: readonly Column[];
  /** Those with rows. */
  readonly groups: readonly RowGroup[];
  readonly rows: number;
}

/** Reads the metadata and holds that it can be true of the file. */
async function openParquet(source: ImportSource): Promise<ParquetFile> {
  const size = sourceSize(source);
  const opened = await guarded(async () => {
    const tail = new DataView(await bytesOf(source, Math.max(0, size - 8), size));
    if (tail.byteLength < 8 || tail.getUint32(4, true) !== 0x31524150) return null;
    const length = tail.getUint32(0, true);
    if (length > size - 12) return null;
    const footer = await bytesOf(source, size - 8 - length, size);
    checkStruct(new DataView(footer), 0);
    const metadata = parquetMetadata(footer, { geoparquet: false });
    const scales = metadata.schema.map(decimalScale);
    // What is left are plain numbers and bytes: the library would make floats of decimals, and lose their digits.
    const schema = metadata.schema.map((element, at) =>
      scales[at] === null ? element : { ...element, converted_type: undefined, logical_type: undefined },
    );
    const plain: FileMetaData = { ...metadata, schema };
    const root = parquetSchema(plain);
    // The schema's own word for it: a damaged one may leave names out.
    if (root.children.some(({ element }) => typeof element.name !== 'string')) return null;
    const scaleOf = new Map(schema.map((element, at) => [element, scales[at] ?? null]));
    const columns = root.children.map((tree) => ({
      name: tree.element.name,
      tree,
      scale: scaleIn(tree, scaleOf),
    }));
    return { metadata: plain, root, columns };
  });
  if (!opened) throw badParquet();
  const groups = opened.metadata.row_groups.filter((group) => Number(group.num_rows) > 0);
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!(Number(opened.metadata.num_rows) === rows && rows < 2 ** 31)) throw badParquet();
  const largest = groups.reduce((most, group) => Math.max(most, Number(group.num_rows)), 0);
  if (largest > mostGroupRows) {
    // Rows that take less than a bit in every column are no log's.
    if (largest > 8 * size * 64) throw badParquet();
    throw new ImportError(
      'tooLarge',
      `The Parquet file has a row group of ${formatCount(largest)} rows, more than the ${formatCount(mostGroupRows)} that are read at once; write it with smaller ones, for example with pandas' to_parquet(row_group_size=1_000_000).`,
    );
  }
  return { ...opened, source, groups, rows };
}

function decimalScale(element: FileMetaData['schema'][number]): number | null {
  const { converted_type, logical_type } = element;
  if (converted_type !== 'DECIMAL' && logical_type?.type !== 'DECIMAL') return null;
  const scale = element.scale ?? (logical_type?.type === 'DECIMAL' ? logical_type.scale : 0);
  return Math.min(400, Math.max(0, scale));
}

/** The scale of a column of decimals, also of lists of them. */
function scaleIn(
  tree: SchemaTree,
  scaleOf: ReadonlyMap<SchemaTree['element'], number | null>,
): number | null {
  if (tree.children.length === 1) return scaleIn(tree.children[0]!, scaleOf);
  return tree.children.length === 0 ? (scaleOf.get(tree.element) ?? null) : null;
}

async function bytesOf(source: ImportSource, start: number, end: number): Promise<ArrayBuffer> {
  return (await readSlice(source, start, end)).slice().buffer;
}

/** Mean length of a row as text; 0 (not measured, for it costs a decoded row group) where the file is surely small enough. */
async function meanRowLength(file: ParquetFile, maxBytes: number): Promise<number> {
  const unpacked = file.groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  // Dictionaries and run lengths can hold a table in a small part of its text.
  if (unpacked * 20 <= maxBytes) return 0;
  const group = file.groups[0]!;
  const rows = Math.min(measuredRows, Number(group.num_rows));
  let characters = 0;
  for (const column of file.columns) {
    const values = await readColumn(file, group, column, rows);
    for (let i = 0; i < rows; i++) characters += cellText(values[i], column.scale).length + 1;
  }
  return characters / Math.max(1, rows);
}

/** The first `rows` values of one column of a row group. */
function readColumn(
  file: ParquetFile,
  group: RowGroup,
  column: Column,
  rows: number,
): Promise<ArrayLike<unknown>> {
  return guarded(async () => {
    const chunks = new Map<number, ArrayBuffer>();
    const checks: ((page: Uint8Array) => void)[] = [];
    for (const { meta_data: meta } of group.columns) {
      if (meta?.path_in_schema[0] !== column.name) continue;
      const path = pathTo(file.root, meta.path_in_schema);
      const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
      const first = Math.min(start, Number(meta.data_page_offset));
      const bytes = await bytesOf(file.source, first, first + Number(meta.total_compressed_size));
      checks.push(...checkPages(bytes, { meta, path, rows: Number(group.num_rows) }));
      chunks.set(first, bytes);
    }
    const buffer: AsyncBuffer = {
      byteLength: sourceSize(file.source),
      // The library asks for the chunks that were checked, a column of one alone or several together.
      slice: (start, end = sourceSize(file.source)) =>
        chunks.get(start)?.byteLength === end - start ? chunks.get(start)! : bytesOf(file.source, start, end),
    };
    // A scan keeps the columns that it has read, and plans over all row groups; so each column of a group has its own.
    const scan = await parquetScan({
      file: buffer,
      metadata: { ...file.metadata, num_rows: group.num_rows, row_groups: [group] },
      compressors: checkingCompressors(unpackers, checks),
      columns: [column.name],
      useOffsetIndex: false,
      utf8: column.scale === null,
      parsers,
    });
    return (await scan.readColumn({
      column: column.name,
      rowStart: 0,
      rowEnd: rows,
    })) as ArrayLike<unknown>;
  });
}

/** What is no value of a log is read as it stands, or not at all: the library's own readers of it end with its words. */
const parsers: Partial<ParquetParsers> = {
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes),
  geometryFromBytes: () => undefined,
  geographyFromBytes: () => undefined,
};

function pathTo(root: SchemaTree, names: readonly string[]): SchemaTree[] {
  const path = [root];
  for (const name of names) {
    const child = path.at(-1)!.children.find(({ element }) => element.name === name);
    if (!child) throw new Error('parquet column is in no schema');
    path.push(child);
  }
  return path;
}

function badParquet(unsupported = ''): ImportError {
  return new ImportError(
    'badParquet',
    `The Parquet file cannot be read: ${unsupported || 'it is damaged, cut off or states what it does not hold'}; write it again, for example with pandas' to_parquet.`,
  );
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ImportError) throw error;
    // The one reason that says what to do.
    const [, what] =
      /^parquet unsupported ([\w ]+: \w+)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw badParquet(what && `it uses an unsupported ${what}`);
  }
}

/** A whole number with its point set `scale` digits from the right, exactly. */
function decimalText(value: number | bigint | Uint8Array, scale: number): string {
  const whole = value instanceof Uint8Array ? signed(value) : BigInt(value);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
  const sign = whole < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return sign + digits.slice(0, -scale) + (fraction && `.${fraction}`);
}

/** Two's complement, the highest byte first. */
function signed(bytes: Uint8Array): bigint {
  const hex = Array.from(bytes.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === '' ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`));
}

/**
 * A Parquet value as the text that a CSV file would hold: lists as JSON, times as ISO, nothing as an empty cell.
 *
 * @param scale of decimals, which come as whole numbers or their bytes; null for all other types.
 */
export function cellText(value: unknown, scale: number | null = null): string {
  if (value === null || value === undefined) return '';
  if (scale !== null) {
    if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array)
      return decimalText(value, scale);
    if (Array.isArray(value)) return `[${value.map((one) => cellText(one, scale)).join(', ')}]`;
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `[${Array.from(value as Uint8Array).join(', ')}]`;
  }
  if (Array.isArray(value)) return `[${value.map((one) => cellText(one)).join(', ')}]`;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
