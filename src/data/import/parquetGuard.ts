/**
 * Pages of a Parquet column, checked before the library decodes them: it takes lengths, counts and runs as the file states them, so
 * that a few bytes could keep it busy for hours or ask for gigabytes.
 */
import type { ColumnMetaData, Compressors, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { largestPage, mostGroupRows } from './limits';
import { checkStruct } from './thriftGuard';

/** One leaf column in one row group. */
export interface Chunk {
  readonly meta: ColumnMetaData;
  /** Schema elements from the root to the leaf. */
  readonly path: readonly SchemaTree[];
  readonly rows: number;
}

const damaged = (): never => {
  throw new Error('parquet pages are damaged');
};

const levels = (path: readonly SchemaTree[], ...counted: readonly string[]): number =>
  path.slice(1).filter(({ element }) => counted.includes(element.repetition_type ?? 'REQUIRED')).length;

/**
 * Walks the pages of a chunk: their sizes, counts and, where nothing is packed, their runs.
 *
 * @returns what checks packed pages when the library unpacks them, in their order.
 * @throws Error where a page claims what the file cannot hold.
 */
export function checkPages(bytes: ArrayBuffer, chunk: Chunk): ((page: Uint8Array) => void)[] {
  const view = new DataView(bytes);
  const flat = levels(chunk.path, 'REPEATED') === 0;
  const checks: ((page: Uint8Array) => void)[] = [];
  let at = 0;
  let values = 0;
  while (at < view.byteLength - 1 && !(flat && values >= chunk.rows)) {
    checkStruct(view, at);
    const reader = { view, offset: at };
    const header = parquetHeader(reader);
    const start = reader.offset;
    const size = header.compressed_page_size;
    if (!(size >= 0 && size <= view.byteLength - start)) damaged();
    if (!(header.uncompressed_page_size >= 0 && header.uncompressed_page_size <= largestPage)) damaged();
    const count = valuesOf(header);
    if (!(count >= 0 && count <= mostGroupRows)) damaged();
    // Texts of a dictionary stand behind four bytes of length each.
    if (header.type !== 'DICTIONARY_PAGE') values += count;
    else if (chunk.meta.type === 'BYTE_ARRAY' && 4 * count > header.uncompressed_page_size) damaged();
    const page = new Uint8Array(bytes, start, size);
    const packed = checkLevels(page, header, chunk, count);
    if (packed) checks.push(packed);
    at = start + size;
  }
  if (flat ? values !== chunk.rows : values < chunk.rows || values > 4 * mostGroupRows) damaged();
  return checks;
}

function valuesOf({
  type,
  data_page_header: v1,
  data_page_header_v2: v2,
  dictionary_page_header,
}: PageHeader): number {
  if (type === 'DATA_PAGE') return v1?.num_values ?? NaN;
  if (type === 'DATA_PAGE_V2') {
    if (!v2 || !(v2.num_nulls >= 0 && v2.num_nulls <= v2.num_values)) return NaN;
    // A row has a value at least, a missing one included.
    return v2.num_rows >= 0 && v2.num_rows <= v2.num_values ? v2.num_values : NaN;
  }
  return type === 'DICTIONARY_PAGE' ? (dictionary_page_header?.num_values ?? NaN) : NaN;
}

/** Checks a page now where it is not packed. @returns the check for later where it is. */
function checkLevels(
  page: Uint8Array,
  header: PageHeader,
  { meta, path }: Chunk,
  count: number,
): ((page: Uint8Array) => void) | null {
  const repeated = width(levels(path, 'REPEATED'));
  const defined = width(levels(path, 'REPEATED', 'OPTIONAL'));
  const { data_page_header: v1, data_page_header_v2: v2 } = header;
  let check: (page: Uint8Array) => void = () => undefined;
  let isPacked = meta.codec !== 'UNCOMPRESSED';
  let start = 0;
  if (header.type === 'DATA_PAGE' && v1) {
    check = (whole) => {
      const view = viewOf(whole);
      let at = 0;
      for (const bits of [repeated, defined]) {
        if (bits > 0) at = checkSizedLevels(view, at, bits, count);
      }
      checkValues(view, at, v1.encoding, runsOfFirst(v1.encoding, meta.type), count);
    };
  } else if (header.type === 'DATA_PAGE_V2' && v2) {
    const [repetition, definition] = [v2.repetition_levels_byte_length, v2.definition_levels_byte_length];
    if (!(repetition >= 0 && definition >= 0 && repetition + definition <= page.length)) damaged();
    if (repetition + definition > header.uncompressed_page_size) damaged();
    if (repeated > 0) checkAllRuns(viewOf(page.subarray(0, repetition)), repeated, count);
    if (defined > 0) checkAllRuns(viewOf(page.subarray(repetition, repetition + definition)), defined, count);
    start = repetition + definition;
    isPacked &&= v2.is_compressed !== false;
    check = (rest) => checkValues(viewOf(rest), 0, v2.encoding, runsOfSecond(v2.encoding), count);
  }
  if (isPacked) return check;
  check(page.subarray(start));
  return null;
}

/**
 * How the library reads the values of a page: as runs behind their own length (`sized`), as runs behind their width (`wide`), or not as
 * runs. It goes by the encoding, which a damaged file may state of any type, and so must what is checked.
 */
type Runs = 'sized' | 'wide' | null;

const inDictionary = (encoding: string | undefined): boolean =>
  encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY';

function runsOfFirst(encoding: string | undefined, type: string): Runs {
  if (encoding !== 'RLE' && !inDictionary(encoding)) return null;
  return type === 'BOOLEAN' ? 'sized' : 'wide';
}

function runsOfSecond(encoding: string | undefined): Runs {
  if (encoding === 'RLE') return 'sized';
  return inDictionary(encoding) ? 'wide' : null;
}

function checkValues(
  view: DataView,
  start: number,
  encoding: string | undefined,
  runs: Runs,
  count: number,
): void {
  // A page of nothing but missing values may end here.
  if (start >= view.byteLength) return;
  if (runs === 'sized') {
    endOfSized(view, start);
    // The library goes by the number of values, not by the length.
    checkRuns(view, start + 4, 1, count);
  } else if (runs === 'wide') {
    const bits = view.getUint8(start);
    if (bits > 32) damaged();
    checkRuns(view, start + 1, bits, count);
  } else if (encoding?.startsWith('DELTA')) {
    const next = checkDelta(view, start);
    if (encoding === 'DELTA_BYTE_ARRAY' && next !== null) checkPrefixes(view, start, count);
  }
}

/** Levels behind their own length in bytes. @returns the place after them. */
function checkSizedLevels(view: DataView, start: number, bits: number, count: number): number {
  const end = endOfSized(view, start);
  checkAllRuns(new DataView(view.buffer, view.byteOffset + start + 4, end - start - 4), bits, count);
  return end;
}

function endOfSized(view: DataView, start: number): number {
  if (start + 4 > view.byteLength) damaged();
  const end = start + 4 + view.getUint32(start, true);
  if (end > view.byteLength) damaged();
  return end;
}

/** Every value has its levels: the library would look for those that are missing in the bytes behind. */
function checkAllRuns(view: DataView, bits: number, count: number): void {
  if (checkRuns(view, 0, bits, count) > 0) damaged();
}

/**
 * Run lengths and packed bits: no run is longer than the values that are left, but for the padding of the last one.
 *
 * @returns how many of the values have none; missing values have none.
 */
function checkRuns(view: DataView, start: number, bits: number, count: number): number {
  let at = start;
  let left = count;
  while (left > 0 && at < view.byteLength) {
    const [head, next] = varint(view, at);
    const packed = head % 2 === 1;
    const length = Math.floor(head / 2) * (packed ? 8 : 1);
    if (length > left + (packed ? 504 : 0)) damaged();
    at = next + (packed ? (length / 8) * bits : Math.ceil(bits / 8));
    left -= length;
  }
  return left;
}

/** @returns the place after the head, or null where there is none. */
function checkDelta(view: DataView, start: number): number | null {
  if (start >= view.byteLength) return null;
  const [block, second] = varint(view, start);
  const [parts, third] = varint(view, second);
  if (block > 2 ** 20 || parts < 1 || parts > block || block % parts !== 0) damaged();
  return third;
}

/** Texts that share their beginnings: none begins with more than the one before it has, and all together fit. */
function checkPrefixes(view: DataView, start: number, count: number): void {
  const reader = { view, offset: start };
  const prefixes = new Int32Array(count);
  const suffixes = new Int32Array(count);
  if (count === 0) return;
  deltaBinaryUnpack(reader, count, prefixes);
  checkDelta(view, reader.offset);
  deltaBinaryUnpack(reader, count, suffixes);
  let before = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    if (prefixes[i]! < 0 || prefixes[i]! > before || suffixes[i]! < 0) damaged();
    before = prefixes[i]! + suffixes[i]!;
    all += before;
    if (all > largestPage) damaged();
  }
}

function varint(view: DataView, start: number): readonly [number, number] {
  let value = 0;
  for (let k = 0; k < 5; k++) {
    if (start + k >= view.byteLength) damaged();
    const part = view.getUint8(start + k);
    value += (part & 0x7f) * 2 ** (7 * k);
    if (part < 0x80) {
      if (value >= 2 ** 31) damaged();
      return [value, start + k + 1];
    }
  }
  return damaged();
}

const width = (level: number): number => 32 - Math.clz32(level);
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The library's unpackers, each page checked as it comes out. @param checks of the pages to come, in their order. */
export function checkingCompressors(
  compressors: Compressors,
  checks: ((page: Uint8Array) => void)[],
): Compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number): Uint8Array => {
        const page = unpack(input, length);
        checks.shift()?.(page);
        return page;
      },
    ]),
  );
}
