/**
 * The library writes data pages of Parquet's second version, whose repetition levels (a bit a value of a list) lie uncompressed in front of the values: half of a large
 * sample. Pages of the first version compress them with the values, and levels of histories pack to almost nothing.
 */
import { parquetMetadata, type ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';

/** Compresses bytes, and gives them back. */
interface Codec {
  readonly pack: (bytes: Uint8Array) => Uint8Array;
  readonly unpack: (bytes: Uint8Array, length: number) => Uint8Array;
}

const MAGIC = 'PAR1';

/** Levels with their length in front, as pages of the first version have them; none where a column has no such levels. */
function prefixed(levels: Uint8Array): Uint8Array {
  if (levels.length === 0) return levels;
  const found = new Uint8Array(4 + levels.length);
  new DataView(found.buffer).setUint32(0, levels.length, true);
  found.set(levels, 4);
  return found;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Writes a chunk's pages anew. @returns its bytes if nothing were compressed, headers included */
function repack(chunk: Uint8Array, out: ByteWriter, codec: Codec): number {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  let uncompressed = 0;
  while (reader.offset < chunk.byteLength) {
    const header = parquetHeader(reader);
    const page = header.data_page_header_v2;
    if (!page) throw new Error('Only pages of the second version can be packed.');
    const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = page;
    const body = chunk.subarray(reader.offset, reader.offset + header.compressed_page_size);
    const levels = repetition + definition;
    const raw = joined([
      prefixed(body.subarray(0, repetition)),
      prefixed(body.subarray(repetition, levels)),
      codec.unpack(body.subarray(levels), header.uncompressed_page_size - levels),
    ]);
    const packed = codec.pack(raw);
    const start = out.offset;
    writePageHeader(out, {
      type: 'DATA_PAGE',
      uncompressed_page_size: raw.length,
      compressed_page_size: packed.length,
      data_page_header: {
        num_values: page.num_values,
        encoding: page.encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    });
    uncompressed += out.offset - start + raw.length;
    out.appendBytes(packed);
    reader.offset += header.compressed_page_size;
  }
  return uncompressed;
}

const placeOf = ({ data_page_offset, dictionary_page_offset }: ColumnMetaData): number =>
  Number(dictionary_page_offset ?? data_page_offset);

/**
 * A file of the library's with the pages of its lists written anew; all else moves as it is.
 *
 * @param parquet of our writer: no page indexes, no dictionary of a list
 */
export function packLevels(parquet: Uint8Array<ArrayBuffer>, codec: Codec): Uint8Array<ArrayBuffer> {
  const metadata = parquetMetadata(parquet.slice().buffer);
  const out = new ByteWriter();
  out.appendBytes(new TextEncoder().encode(MAGIC));
  for (const group of metadata.row_groups) {
    let [bytes, packed] = [0n, 0n];
    for (const column of group.columns) {
      const chunk = column.meta_data;
      if (!chunk) throw new Error('A column without metadata cannot be packed.');
      const [from, to] = [placeOf(chunk), out.offset];
      const written = parquet.subarray(from, from + Number(chunk.total_compressed_size));
      if (chunk.path_in_schema.length > 1)
        chunk.total_uncompressed_size = BigInt(repack(written, out, codec));
      else out.appendBytes(written);
      const moved = BigInt(to - from);
      chunk.data_page_offset += moved;
      if (chunk.dictionary_page_offset !== undefined) chunk.dictionary_page_offset += moved;
      chunk.total_compressed_size = BigInt(out.offset - to);
      column.file_offset = BigInt(to);
      bytes += chunk.total_uncompressed_size;
      packed += chunk.total_compressed_size;
    }
    group.total_byte_size = bytes;
    group.total_compressed_size = packed;
    const first = group.columns[0]?.meta_data;
    if (group.file_offset !== undefined && first) group.file_offset = BigInt(placeOf(first));
  }
  writeMetadata(out, metadata);
  out.appendBytes(new TextEncoder().encode(MAGIC));
  return new Uint8Array(out.getBuffer());
}
