/**
 * Flat columns as our writer leaves them, straight into typed arrays. The library reads every writer's files with code that meets every kind of value; the
 * same numbers take it three times as long, which is felt before the first training step.
 */
import type { ColumnMetaData, FileMetaData, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { decompressGzip } from 'hyparquet-compressors';

interface Page {
  readonly header: PageHeader;
  /** As it lies in the file. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A column of one group of rows. */
interface Chunk {
  readonly isInteger: boolean;
  readonly dictionary: Page | null;
  readonly pages: readonly Page[];
}

/** Pages below this many bytes are unpacked in JavaScript: a stream of the browser's own would take longer to set up. */
const SMALL = 512;
/** Bits of the widest index into a dictionary that is read here: more would not fit beside a byte in 32 bits. */
const WIDEST = 24;

/** Whether the values of a page can be read here. */
function isOurs(
  { data_page_header_v2: page }: PageHeader,
  isInteger: boolean,
  hasDictionary: boolean,
): boolean {
  if (!page || page.is_compressed === false || page.num_nulls > 0) return false;
  if (page.repetition_levels_byte_length + page.definition_levels_byte_length > 0) return false;
  if (page.encoding === 'RLE_DICTIONARY') return hasDictionary;
  if (page.encoding === 'DELTA_BINARY_PACKED') return isInteger;
  return page.encoding === 'BYTE_STREAM_SPLIT' || page.encoding === 'PLAIN';
}

function chunkOf(bytes: Uint8Array<ArrayBuffer>, chunk: ColumnMetaData): Chunk | null {
  if (chunk.codec !== 'GZIP' || (chunk.type !== 'INT32' && chunk.type !== 'FLOAT')) return null;
  const isInteger = chunk.type === 'INT32';
  const first = chunk.dictionary_page_offset ?? chunk.data_page_offset;
  const view = new DataView(bytes.buffer, Number(first), Number(chunk.total_compressed_size));
  const reader = { view, offset: 0 };
  const pages: Page[] = [];
  let dictionary: Page | null = null;
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const body = new Uint8Array(bytes.buffer, view.byteOffset + reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    if (header.dictionary_page_header) dictionary = { header, body };
    else if (isOurs(header, isInteger, dictionary !== null)) pages.push({ header, body });
    else return null;
  }
  return pages.length > 0 ? { isInteger, dictionary, pages } : null;
}

/** A column's chunks, of which only the pages' headers are read; null where another writer's they may be. */
function chunksOf(bytes: Uint8Array<ArrayBuffer>, metadata: FileMetaData, name: string): Chunk[] | null {
  const element = metadata.schema.find((candidate) => candidate.name === name);
  if (element?.repetition_type !== 'REQUIRED' || element.converted_type || element.logical_type) return null;
  const chunks: Chunk[] = [];
  for (const { columns } of metadata.row_groups) {
    const described = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
    const chunk = described?.meta_data ? chunkOf(bytes, described.meta_data) : null;
    if (!chunk) return null;
    chunks.push(chunk);
  }
  return chunks;
}

/** Unpacks by the browser's own code where there is such: the first megabytes take JavaScript, not compiled yet, ten times as long. */
async function inflate({ header, body }: Page): Promise<Uint8Array> {
  const size = header.uncompressed_page_size;
  // A page that unpacks to less would be filled up with zeros; gzip's last four bytes say how many there are.
  const end = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.length < 4 || end.getUint32(body.length - 4, true) !== size)
    throw new RangeError('The page unpacks to another number of bytes than it claims.');
  if (body.length < SMALL || typeof DecompressionStream === 'undefined') return decompressGzip(body, size);
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  // What is wrong is met by who reads.
  void writer.write(body).catch(() => undefined);
  void writer.close().catch(() => undefined);
  const whole = new Uint8Array(size);
  const reader = readable.getReader();
  for (let at = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return whole;
    whole.set(value, at);
    at += value.length;
  }
}

/** @throws RangeError where a page of so many bytes ends before what it should hold */
function expectBytes(data: Uint8Array, wanted: number): void {
  if (!(wanted <= data.length)) throw new RangeError('The page ends before its values.');
}

/**
 * Values of a dictionary by packed indices: runs of one index, and groups of eight in as few bits as they need.
 *
 * @throws RangeError where the page ends before its values, or an index lies outside the dictionary
 */
function readIndexed(data: Uint8Array, dictionary: Int32Array, into: Int32Array): void {
  if (into.length > 0) expectBytes(data, 1);
  const width = data[0] ?? 0;
  if (width > WIDEST) throw new RangeError('Indices are too wide.');
  const mask = 2 ** width - 1;
  let at = 1;
  let largest = 0;
  for (let done = 0; done < into.length;) {
    if (width > 0) expectBytes(data, at + 1);
    let header = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = data[at++] ?? 0;
      header |= (byte & 127) << shift;
      more = byte > 127;
    }
    const count = header >>> 1;
    if (header & 1) {
      const until = Math.min(into.length, done + 8 * count);
      const next = at + count * width;
      expectBytes(data, at + Math.ceil(((until - done) * width) / 8));
      let bits = 0;
      let held = 0;
      while (done < until) {
        while (held < width) {
          bits |= data[at++]! << held;
          held += 8;
        }
        const index = bits & mask;
        if (index > largest) largest = index;
        into[done++] = dictionary[index]!;
        bits >>>= width;
        held -= width;
      }
      at = next;
    } else {
      let index = 0;
      expectBytes(data, at + Math.ceil(width / 8));
      for (let shift = 0; shift < width; shift += 8) index |= data[at++]! << shift;
      if (index > largest) largest = index;
      const until = width === 0 && count === 0 ? into.length : Math.min(into.length, done + count);
      into.fill(dictionary[index]!, done, until);
      done = until;
    }
  }
  if (into.length > 0 && largest >= dictionary.length)
    throw new RangeError('An index lies outside the dictionary.');
}

/** Numbers of four bytes each of which lies by itself: all first bytes, then all second ones. */
function readSplit(data: Uint8Array, into: Int32Array): void {
  const count = into.length;
  expectBytes(data, 4 * count);
  for (let i = 0; i < count; i++)
    into[i] =
      data[i]! | (data[count + i]! << 8) | (data[2 * count + i]! << 16) | (data[3 * count + i]! << 24);
}

/** Four bytes a number, as platforms that browsers run on hold them. */
const plain = (data: Uint8Array): Int32Array => {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
};

function readPage(header: PageHeader, data: Uint8Array, dictionary: Int32Array, into: Int32Array): void {
  const encoding = header.data_page_header_v2?.encoding;
  if (encoding === 'RLE_DICTIONARY') readIndexed(data, dictionary, into);
  else if (encoding === 'BYTE_STREAM_SPLIT') readSplit(data, into);
  else if (encoding === 'DELTA_BINARY_PACKED') {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    deltaBinaryUnpack({ view, offset: 0 }, into.length, into);
  } else {
    expectBytes(data, 4 * into.length);
    into.set(plain(data).subarray(0, into.length));
  }
}

const valuesOf = ({ header }: Page): number => header.data_page_header_v2!.num_values;

/**
 * A flat column of whole or real numbers `[rows]`.
 *
 * @returns null where it is not as our writer leaves them
 * @throws Error with one sentence where it is, and damaged
 */
export async function readFlat(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: FileMetaData,
  name: string,
  id: string,
): Promise<Int32Array | Float32Array | null> {
  const chunks = chunksOf(bytes, metadata, name);
  if (!chunks) return null;
  try {
    const unpacked = await Promise.all(
      chunks.map(async ({ dictionary, pages }) => ({
        dictionary: dictionary ? plain(await inflate(dictionary)) : new Int32Array(),
        pages: await Promise.all(pages.map(inflate)),
      })),
    );
    const rows = chunks.flatMap(({ pages }) => pages).reduce((sum, page) => sum + valuesOf(page), 0);
    if (rows !== Number(metadata.num_rows))
      throw new RangeError('The pages hold another number of rows than the file.');
    // Real numbers are moved as the bits that they are: one kind of array is met in every loop.
    const values = new Int32Array(rows);
    let at = 0;
    chunks.forEach(({ pages }, c) =>
      pages.forEach((page, p) => {
        const into = values.subarray(at, (at += valuesOf(page)));
        readPage(page.header, unpacked[c]!.pages[p]!, unpacked[c]!.dictionary, into);
      }),
    );
    return chunks[0]?.isInteger ? values : new Float32Array(values.buffer);
  } catch (error) {
    throw new Error(`Column ${name} of ${id} is damaged; fetch or write the dataset again.`, {
      cause: error,
    });
  }
}
