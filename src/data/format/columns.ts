import { parquetMetadata, type FileMetaData, type PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressGzip } from 'hyparquet-compressors';
import { readFlat } from './flatPages';

type Numbers = ArrayLike<number>;

/** One list of numbers a row, laid end to end. */
export interface Lists {
  /** Decoded anew each time that they are asked for, where the file allows: most models read no lists at all. */
  readonly values: Numbers;
  /** Length of each row's list `[rows]`. */
  readonly lengths: Numbers;
}

/** A page of plain values, still compressed. */
interface PlainPage {
  readonly header: PageHeader;
  readonly body: Uint8Array;
}

/** Whether a page's values are plain and can be had without its levels; any writer's may be otherwise. */
function isPlain({ data_page_header: first, data_page_header_v2: second }: PageHeader): boolean {
  return (second?.encoding === 'PLAIN' && second.is_compressed !== false) || first?.encoding === 'PLAIN';
}

/**
 * The plain values of a page. List lengths are in a column of their own, so levels are skipped: in pages of the second version they lie
 * uncompressed in front of the values, in those of the first with them, each after its length.
 */
function valuesOf({ header, body }: PlainPage): Uint8Array {
  const { data_page_header_v2: second } = header;
  if (second?.encoding === 'PLAIN' && second.is_compressed !== false) {
    const levels = second.repetition_levels_byte_length + second.definition_levels_byte_length;
    return decompressGzip(body.subarray(levels), header.uncompressed_page_size - levels);
  }
  const raw = decompressGzip(body, header.uncompressed_page_size);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const definitions = 4 + view.getUint32(0, true);
  return raw.subarray(definitions + 4 + view.getUint32(definitions, true));
}

/**
 * How to decode a column chunk whose pages are all plain int32 or float32 lists, as our writer leaves them; else null. Only the pages' headers are read
 * before it is asked.
 */
function plainValues(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: FileMetaData,
  name: string,
): (() => Numbers) | null {
  const pages: (PlainPage & { readonly isInteger: boolean })[] = [];
  for (const group of metadata.row_groups) {
    const chunk = group.columns.find((column) => column.meta_data?.path_in_schema[0] === name)?.meta_data;
    if (!chunk || chunk.codec !== 'GZIP' || chunk.dictionary_page_offset !== undefined) return null;
    if (chunk.type !== 'INT32' && chunk.type !== 'FLOAT') return null;
    const isInteger = chunk.type === 'INT32';
    const view = new DataView(
      bytes.buffer,
      Number(chunk.data_page_offset),
      Number(chunk.total_compressed_size),
    );
    const reader = { view, offset: 0 };
    while (reader.offset < view.byteLength - 1) {
      const header = parquetHeader(reader);
      const body = new Uint8Array(bytes.buffer, view.byteOffset + reader.offset, header.compressed_page_size);
      if (!isPlain(header)) return null;
      pages.push({ header, body, isInteger });
      reader.offset += header.compressed_page_size;
    }
  }
  if (pages.length === 0) return null;
  return () =>
    endToEnd(
      pages.map(({ isInteger, ...page }) => {
        const raw = valuesOf(page);
        const aligned = raw.byteOffset % 4 === 0 ? raw : raw.slice();
        return isInteger
          ? new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
          : new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
      }),
    );
}

/** The parts of a column as one: of typed parts a typed column of their kind. */
function endToEnd(parts: readonly Numbers[]): Numbers {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const all =
    first instanceof Int32Array
      ? new Int32Array(total)
      : first instanceof Float32Array
        ? new Float32Array(total)
        : new Float64Array(total);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function flattenLists(rows: readonly Numbers[]): Lists {
  const lengths = Uint32Array.from(rows, (row) => row.length);
  const values = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    values.set(row, at);
    at += row.length;
  }
  return { values, lengths };
}

/** The columns of one Parquet file, by name, with sentences for what is missing. */
export class Columns {
  private constructor(
    private readonly flats: Map<string, Numbers>,
    private readonly listed: Map<string, Lists>,
    private readonly rows: number,
    private readonly id: string,
  ) {}

  /**
   * Decodes a file. Lists that our writer wrote are read straight into typed arrays (an array a row would cost
   * more than all the rest), and only when they are asked for; lists of any other writer go the general way, at once.
   *
   * @param listNames columns that hold lists.
   * @param lengthName column that holds the length of every row's list.
   */
  static async read(
    parquet: Uint8Array,
    listNames: readonly string[],
    lengthName: string,
    rows: number,
    id: string,
  ): Promise<Columns> {
    // The reader wants a buffer that is exactly the file.
    const whole = parquet.byteOffset === 0 && parquet.byteLength === parquet.buffer.byteLength;
    const bytes = (
      whole && parquet.buffer instanceof ArrayBuffer ? parquet : parquet.slice()
    ) as Uint8Array<ArrayBuffer>;
    const metadata = parquetMetadata(bytes.buffer);
    const names =
      metadata.row_groups[0]?.columns.map((column) => column.meta_data?.path_in_schema[0] ?? '') ?? [];
    const straight = new Map<string, () => Numbers>();
    for (const name of names.includes(lengthName) ? listNames : []) {
      const values = plainValues(bytes, metadata, name);
      if (values) straight.set(name, values);
    }
    const flats = new Map<string, Numbers>();
    await Promise.all(
      [...new Set(names)].map(async (name) => {
        const values = listNames.includes(name) ? null : await readFlat(bytes, metadata, name, id);
        if (values) flats.set(name, values);
      }),
    );
    const listed = new Map<string, Lists>();
    const others = [...new Set(names)].filter((name) => !straight.has(name) && !flats.has(name));
    if (others.length > 0) {
      const { readAnyColumns } = await import('./anyColumns');
      for (const [name, parts] of await readAnyColumns(bytes.buffer, metadata, others))
        if (listNames.includes(name))
          listed.set(name, flattenLists(parts.flatMap((part) => part.data as Numbers[])));
        else flats.set(name, endToEnd(parts.map((part) => part.data as Numbers)));
    }
    const columns = new Columns(flats, listed, rows, id);
    for (const [name, decode] of straight)
      listed.set(name, {
        get values() {
          return decode();
        },
        lengths: columns.flat(lengthName),
      });
    return columns;
  }

  has(name: string): boolean {
    return this.flats.has(name) || this.listed.has(name);
  }

  /** @throws Error where the column is missing or of another length. */
  flat(name: string): Numbers {
    return this.checked(name, this.flats.get(name), (column) => column.length);
  }

  /** @throws Error where the column is missing or of another length. */
  lists(name: string): Lists {
    return this.checked(name, this.listed.get(name), (column) => column.lengths.length);
  }

  private checked<T>(name: string, column: T | undefined, length: (column: T) => number): T {
    if (!column)
      throw new Error(`The file of ${this.id} has no column ${name}; its manifest belongs to another file.`);
    if (length(column) !== this.rows) {
      throw new Error(
        `Column ${name} of ${this.id} has ${length(column)} rows, its manifest says ${this.rows}; the manifest belongs to another file.`,
      );
    }
    return column;
  }
}
