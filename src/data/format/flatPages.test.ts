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
      const file = parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 1 },
          { name: 'x', type: 'INT32', repetition_type: 'REQUIRED' },
        ],
        columnData: [{ name: 'x', data, encoding: 'RLE_DICTIONARY' }],
        codec: 'GZIP',
        compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) },
      });
      const values = await readFlat(new Uint8Array(file), parquetMetadata(file), 'x', 'widths');
      expect(values, `${size} values`).toEqual(data);
    }
  });

  test('of another writer are left to the library', async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: 'x', data: [1, 2, 3], type: 'INT32' }] });
    expect(await readFlat(new Uint8Array(file), parquetMetadata(file), 'x', 'other')).toBeNull();
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
