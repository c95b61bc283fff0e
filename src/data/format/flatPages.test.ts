import { gzipSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { tinyDataset } from '../simulate/testing';
import { readFlat } from './flatPages';
import { writeDataset } from './write';

afterEach(() => vi.unstubAllGlobals());

/** A file of our writer's, in a buffer of its own. */
const written = async (groupRows?: number) => {
  const { parquet, manifest } = writeDataset(await tinyDataset(), groupRows ? { groupRows } : {});
  const bytes = parquet.slice();
  const flat = manifest.columns.filter(({ type }) => !type.startsWith('list')).map(({ name }) => name);
  return { bytes, metadata: parquetMetadata(bytes.buffer), flat };
};

/** A file of one column of whole numbers, x. */
const columnOf = (
  data: Int32Array,
  encoding: 'RLE_DICTIONARY' | 'BYTE_STREAM_SPLIT' | 'PLAIN',
  compress: (page: Uint8Array) => Uint8Array = (page) => gzipSync(page),
): ArrayBuffer =>
  parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'x', type: 'INT32', repetition_type: 'REQUIRED' },
    ],
    columnData: [{ name: 'x', data, encoding }],
    codec: 'GZIP',
    compressors: { GZIP: compress },
  });

const readX = (file: ArrayBuffer) => readFlat(new Uint8Array(file), parquetMetadata(file), 'x', 'changed');

describe('flat columns', () => {
  test.each([
    ['in one group of rows', undefined, true],
    ['in several', 700, true],
    ['without the browser’s own unpacking', undefined, false],
  ])('%s equal what the library reads, all that our writer writes', async (_, groupRows, native) => {
    if (!native) vi.stubGlobal('DecompressionStream', undefined);
    const { bytes, metadata, flat } = await written(groupRows);
    const rows = await parquetReadObjects({ file: bytes.buffer, metadata, compressors, columns: flat });
    expect(flat.length).toBeGreaterThan(15);
    for (const name of flat) {
      const values = await readFlat(bytes, metadata, name, 'tiny');
      expect(Array.from(values!), name).toEqual(rows.map((row): unknown => row[name]));
    }
  });

  test('indices of every width are read, in runs and one by one', async () => {
    for (const size of [1, 2, 3, 5, 17, 300, 5000, 70_000]) {
      // Long runs first, then no two alike.
      const data = Int32Array.from({ length: 2 * size + 4000 }, (_, i) =>
        i < 2000 ? (i >> 9) % size : (Math.imul(i, 2_654_435_761) >>> 0) % size,
      );
      const values = await readX(columnOf(data, 'RLE_DICTIONARY'));
      expect(values, `${size} values`).toEqual(data);
    }
  });

  test('of another writer are left to the library', async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: 'x', data: [1, 2, 3], type: 'INT32' }] });
    expect(await readX(file)).toBeNull();
  });

  test('pages that hold other than they claim are refused', async () => {
    const data = Int32Array.from({ length: 3000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 0) % 300);
    for (const encoding of ['RLE_DICTIONARY', 'BYTE_STREAM_SPLIT', 'PLAIN'] as const) {
      const write = (change: (page: Uint8Array) => Uint8Array) => {
        let page = 0;
        // A dictionary comes before the values.
        return columnOf(data, encoding, (bytes) =>
          gzipSync(encoding !== 'RLE_DICTIONARY' || page++ > 0 ? change(bytes) : bytes),
        );
      };
      expect(await readX(write((page) => page)), encoding).toEqual(data);
      for (const keep of [0, 0.4, 0.9])
        await expect(
          readX(write((page) => page.slice(0, Math.floor(keep * page.length)))),
          `${encoding}, ${keep} of a page`,
        ).rejects.toThrow('Column x of changed is damaged');
    }
    // 300 values take nine bits an index; of the last bytes every bit is set.
    const outside = columnOf(data, 'RLE_DICTIONARY', (bytes) =>
      gzipSync(bytes.length === 4 * 300 ? bytes : bytes.slice().fill(255, -90)),
    );
    await expect(readX(outside)).rejects.toThrow('Column x of changed is damaged');
  });

  test('that are damaged are refused in one sentence', async () => {
    const { bytes, metadata } = await written();
    const chunk = metadata.row_groups[0]!.columns.find(
      (column) => column.meta_data?.path_in_schema[0] === 'item_id',
    );
    const middle =
      Number(chunk!.meta_data!.data_page_offset) + Number(chunk!.meta_data!.total_compressed_size) / 2;
    bytes.fill(0x55, middle, middle + 40);
    await expect(readFlat(bytes, metadata, 'item_id', 'tiny')).rejects.toThrow(
      'Column item_id of tiny is damaged; fetch or write the dataset again.',
    );
  });
});
