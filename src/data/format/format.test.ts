import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { compressors, decompressGzip } from 'hyparquet-compressors';
import { describe, expect, test, vi } from 'vitest';
import { Columns } from './columns';
import { fingerprintOf } from './fingerprint';
import { parseManifest } from './manifest';
import { readDataset, valuesAsLong } from './read';
import { writeDataset } from './write';
import { parseCatalogue } from './catalogue';
import { datasets } from '../testing';
import { TINY, tinyDataset } from '../simulate/testing';

vi.mock('hyparquet-compressors', async (original) => {
  const library = await original<{ decompressGzip: typeof decompressGzip }>();
  return { ...library, decompressGzip: vi.fn(library.decompressGzip) };
});

const few = { ...TINY.sizes.small, trainRows: 400, validationMin: 10, testMin: 10, users: 30 };
const MINUTE = { ...TINY, sizes: { small: few, medium: few, large: few } };

describe('dataset files', () => {
  test('what is written is read again, whole', async () => {
    await fc.assert(
      fc.asyncProperty(datasets, async (make) => {
        const dataset = await make();
        const { parquet, manifest } = writeDataset(dataset);
        const read = await readDataset(parquet, JSON.parse(JSON.stringify(manifest)), { verify: true });
        expect(read).toEqual(dataset);
      }),
      { numRuns: 60 },
    );
  });

  test('a simulated dataset is read again, whole', async () => {
    const dataset = await tinyDataset({}, 1, MINUTE);
    const { parquet, manifest } = writeDataset(dataset);
    expect(await readDataset(parquet, JSON.parse(JSON.stringify(manifest)), { verify: true })).toEqual(
      dataset,
    );
  });

  test('in several groups of rows it is read as in one', async () => {
    const dataset = await tinyDataset({}, 1, MINUTE);
    const whole = writeDataset(dataset);
    const inGroups = writeDataset(dataset, { groupRows: 64 });
    expect(parquetMetadata(inGroups.parquet.slice().buffer).row_groups.length).toBe(
      Math.ceil(dataset.rows / 64),
    );
    expect(inGroups.manifest).toEqual(whole.manifest);
    expect(await readDataset(inGroups.parquet, inGroups.manifest, { verify: true })).toEqual(dataset);
  });

  test('the same dataset gives the same bytes', async () => {
    const [a, b] = [writeDataset(await tinyDataset()), writeDataset(await tinyDataset())];
    expect(Buffer.compare(a.parquet, b.parquet)).toBe(0);
    expect(a.manifest).toEqual(b.manifest);
  });

  test('lists read straight equal lists read the general way', async () => {
    const { parquet, manifest } = writeDataset(await tinyDataset());
    const names = manifest.columns
      .filter((column) => column.type.startsWith('list'))
      .map((column) => column.name);
    expect(names).toEqual(['history_item_id', 'history_scenario', 'history_timestamp']);
    const straight = await Columns.read(parquet, names, 'history_length', manifest.rows, 'tiny');
    const general = await Columns.read(parquet, names, 'no such column', manifest.rows, 'tiny');
    for (const name of names) {
      expect(Array.from(straight.lists(name).values)).toEqual(Array.from(general.lists(name).values));
      expect(Array.from(straight.lists(name).lengths)).toEqual(Array.from(general.lists(name).lengths));
    }
  });

  test('levels of lists are packed with their values, and those that are not are read as well', async () => {
    const dataset = await tinyDataset({}, 1, MINUTE);
    const { parquet, manifest } = writeDataset(dataset, { groupRows: 64 });
    const { row_groups } = parquetMetadata(parquet.slice().buffer);
    const pages = row_groups.flatMap(({ columns }) =>
      columns.map(({ meta_data: chunk }) => {
        const reader = { view: new DataView(parquet.buffer), offset: Number(chunk!.data_page_offset) };
        return [chunk!.path_in_schema.length > 1, parquetHeader(reader).type] as const;
      }),
    );
    expect(pages.some(([listed]) => listed)).toBe(true);
    for (const [listed, type] of pages) expect(type).toBe(listed ? 'DATA_PAGE' : 'DATA_PAGE_V2');
    const general = await parquetReadObjects({ file: parquet.slice().buffer, compressors });
    const { values, lengths } = await Columns.read(
      parquet,
      ['history_item_id'],
      'history_length',
      manifest.rows,
      'tiny',
    ).then((columns) => columns.lists('history_item_id'));
    expect(general.flatMap((row) => row['history_item_id'] as number[])).toEqual(Array.from(values));
    expect(general.map((row) => (row['history_item_id'] as number[]).length)).toEqual(Array.from(lengths));
    const loose = writeDataset(dataset, { level: 1 });
    expect(await readDataset(loose.parquet, loose.manifest, { verify: true })).toEqual(dataset);
  });

  test('histories are decoded when their arrays are asked for, once, and copies of a dataset have them', async () => {
    const dataset = await tinyDataset({}, 1, MINUTE);
    const { parquet, manifest } = writeDataset(dataset);
    const unzip = vi.mocked(decompressGzip);
    const { history, ...rest } = await readDataset(parquet, manifest);
    expect(rest.columns).toEqual(dataset.columns);
    // A page is decompressed for each list column, and those of whole columns were before.
    const already = unzip.mock.calls.length;
    expect(history?.length).toBe(dataset.history?.length);
    expect(history?.itemFields).toEqual(dataset.history?.itemFields);
    expect(history?.lengths).toEqual(dataset.history?.lengths);
    expect(unzip.mock.calls.length).toBe(already);
    expect(history?.ids).toEqual(dataset.history?.ids);
    expect(history?.ids).toBe(history?.ids);
    expect(unzip.mock.calls.length).toBe(already + 1);
    expect(structuredClone(history)).toEqual(dataset.history);
    expect({ ...history }).toEqual(dataset.history);
    expect(unzip.mock.calls.length).toBe(already + 3);
  });

  test('lists that are not as long as a row’s behaviours are refused: what follows would be another row’s', () => {
    const lengths = Uint8Array.of(2, 0, 1);
    const given = { values: [5, 6, 7], lengths: [2, 0, 1] };
    expect(valuesAsLong(given, lengths, 'history_scenario', 'tiny')).toEqual([5, 6, 7]);
    expect(() => valuesAsLong({ ...given, lengths: [1, 1, 1] }, lengths, 'history_scenario', 'tiny')).toThrow(
      'Row 0 of tiny has 2 behaviours, but 1 in history_scenario; write the dataset again.',
    );
    expect(() => valuesAsLong({ ...given, values: [5, 6] }, lengths, 'history_scenario', 'tiny')).toThrow(
      'Histories of tiny have 3 behaviours, but 2 in history_scenario; write the dataset again.',
    );
  });

  test('a view into a larger buffer is read as well as a buffer of its own', async () => {
    const { parquet, manifest } = writeDataset(await tinyDataset());
    const larger = new Uint8Array(parquet.length + 100);
    larger.set(parquet, 37);
    const read = await readDataset(larger.subarray(37, 37 + parquet.length), manifest, { verify: true });
    expect(read.rows).toBe(manifest.rows);
  });

  test('a manifest of another file is refused in one sentence', async () => {
    const { parquet, manifest } = writeDataset(await tinyDataset());
    await expect(readDataset(parquet, { ...manifest, rows: 12 })).rejects.toThrow(
      /rows, its manifest says 12/,
    );
    await expect(readDataset(parquet, { ...manifest, format: 'other/1' })).rejects.toThrow(
      /no dataset manifest: format/,
    );
    const renamed = manifest.fields.map((field) =>
      field.name === 'age' ? { ...field, name: 'years' } : field,
    );
    await expect(readDataset(parquet, { ...manifest, fields: renamed })).rejects.toThrow(/no column years/);
  });

  test('changed content is noticed when asked to verify', async () => {
    const dataset = await tinyDataset();
    const label = dataset.label.slice();
    label[5] = 1 - label[5]!;
    const { parquet, manifest } = writeDataset({ ...dataset, label });
    await expect(readDataset(parquet, manifest, { verify: true })).rejects.toThrow(
      /is not what its manifest describes/,
    );
  });

  test('the fingerprint changes with any single value of any column', async () => {
    await fc.assert(
      fc.asyncProperty(datasets, fc.nat(), fc.nat(), async (make, which, where) => {
        const dataset = await make();
        const columns = [
          ...dataset.columns,
          dataset.scenario,
          dataset.label,
          dataset.split,
          dataset.weight,
          ...(dataset.timestamp ? [dataset.timestamp] : []),
          ...(dataset.truth ? [dataset.truth.probability, dataset.truth.intervened] : []),
          ...(dataset.history ? [dataset.history.ids, dataset.history.age] : []),
        ];
        const column = columns[which % columns.length]!;
        column[where % column.length]! += 1;
        expect(await fingerprintOf(dataset)).not.toBe(dataset.fingerprint);
      }),
      { numRuns: 60 },
    );
  });

  test('wrong manifests and catalogues are named by their first fault', () => {
    expect(() => parseManifest(null)).toThrow(/no dataset manifest/);
    expect(() => parseCatalogue({ format: 'scenarium-catalogue/1', samples: [{}] })).toThrow(
      /no dataset catalogue: samples\.0\./,
    );
  });
});
