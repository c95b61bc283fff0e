import { gzipSync } from 'fflate';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { ImportError } from './errors';
import { cellText } from './readParquet';
import { readTable } from './readTable';
import type { Table } from './table';
import { codes, csv, importError, importWith, plainLog } from './testing';

function parquet(columnData: ColumnSource[], rowGroupSize?: number): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...(rowGroupSize ? { rowGroupSize } : {}) }));
}
function column(table: Table, name: string): string[] {
  const found = table.columns.find((c) => c.name === name)!;
  return Array.from(found.codes, (code) => found.values[code]!);
}

describe('Parquet tables', () => {
  it('hold numbers, long integers, texts, dates, truth values and nothing as a CSV file would', async () => {
    const table = await readTable(
      parquet([
        { name: 'int', data: Int32Array.of(1, -2, 3), type: 'INT32' },
        { name: 'long', data: [9007199254740993n, 1n, 2n], type: 'INT64' },
        { name: 'double', data: Float64Array.of(0.5, NaN, 2), type: 'DOUBLE' },
        { name: 'text', data: ['北京', 'a,"b"\n', ''], type: 'STRING' },
        { name: 'flag', data: [true, false, true], type: 'BOOLEAN' },
        { name: 'when', data: [new Date(0), new Date(1.5e12), new Date(1)], type: 'TIMESTAMP' },
        { name: 'maybe', data: ['x', null, 'y'], type: 'STRING', nullable: true },
      ]),
    );
    expect(table.rows).toBe(3);
    expect(column(table, 'int')).toEqual(['1', '-2', '3']);
    expect(column(table, 'long')).toEqual(['9007199254740993', '1', '2']);
    expect(column(table, 'double')).toEqual(['0.5', '', '2']);
    expect(column(table, 'text')).toEqual(['北京', 'a,"b"\n', '']);
    expect(column(table, 'flag')).toEqual(['1', '0', '1']);
    expect(column(table, 'when')[1]).toBe('2017-07-14T02:40:00.000Z');
    expect(column(table, 'maybe')).toEqual(['x', '', 'y']);
    expect([...table.lines]).toEqual([1, 2, 3]);
  });

  it('of several row groups are read as one', async () => {
    const data = Int32Array.from({ length: 2500 }, (_, i) => i);
    const table = await readTable(
      parquet(
        [
          { name: 'a', data, type: 'INT32' },
          { name: 'b', data, type: 'INT32' },
        ],
        1000,
      ),
    );
    expect(column(table, 'b')).toEqual(Array.from(data, String));
  });

  it('above the limits are sampled like text: same seed, same rows', async () => {
    const values = Int32Array.from({ length: 5000 }, (_, i) => i);
    const bytes = parquet(
      [
        { name: 'row', data: values, type: 'INT32' },
        { name: 'x', data: values, type: 'INT32' },
      ],
      700,
    );
    const table = await readTable(bytes, { maxRows: 200, seed: 9 });
    expect([table.rows, table.totalRows]).toEqual([200, 5000]);
    expect(codes(table.notices)).toEqual(['sampled']);
    const text = await readTable(csv([['row', 'x'], ...Array.from(values, (i) => [i, i])]), {
      maxRows: 200,
      seed: 9,
    });
    expect(column(table, 'row')).toEqual(column(text, 'row'));
    const small = await readTable(bytes, { maxBytes: 5000 });
    expect(small.rows).toBeGreaterThan(300);
    expect(small.rows).toBeLessThan(900);
  });

  it('give the dataset that the same rows give as CSV', async () => {
    const rows = plainLog();
    const [names, ...body] = rows as [string[], ...number[][]];
    const bytes = parquet(
      names.map((name, c) => ({ name, data: Float64Array.from(body, (row) => row[c]!), type: 'DOUBLE' })),
    );
    const a = await importWith(bytes);
    const b = await importWith(csv(rows));
    expect(a.dataset.fingerprint).toBe(b.dataset.fingerprint);
  });

  it('without rows, or cut off, end with a sentence', async () => {
    const empty = parquet([{ name: 'a', data: new Int32Array(0), type: 'INT32' }]);
    expect((await importError(() => readTable(empty))).code).toBe('noRows');
    const whole = parquet([{ name: 'a', data: Int32Array.from({ length: 99 }, (_, i) => i), type: 'INT32' }]);
    expect((await importError(() => readTable(whole.slice(0, -20)))).code).toBe('badParquet');
  });

  it('without columns, as a frame of an index alone is written, end with a sentence', async () => {
    // Thrift: version 2, a root without children, three rows, one group of them without columns.
    const root = [0x48, 4, ...new TextEncoder().encode('root'), 0x15, 0, 0];
    const group = [0x19, 0x0c, 0x16, 0, 0x16, 6, 0];
    const footer = [0x15, 4, 0x19, 0x1c, ...root, 0x16, 6, 0x19, 0x1c, ...group, 0];
    const magic = [...new TextEncoder().encode('PAR1')];
    const file = Uint8Array.from([...magic, ...footer, footer.length, 0, 0, 0, ...magic]);
    const error = await importError(() => readTable(file));
    expect(error.message).toBe('The Parquet file has rows but no columns; choose a file with columns.');
  });

  it('whose bytes claim more than there is are read or refused in one sentence, and at once', async () => {
    const whole = parquet([
      { name: 'a', data: Int32Array.from({ length: 40 }, (_, i) => i % 5), type: 'INT32' },
      { name: 'b', data: Array.from({ length: 40 }, (_, i) => `v${i % 3}`), type: 'STRING' },
    ]);
    let refused = 0;
    // Lengths and counts are variable integers: a byte of ones makes them long, another changes what they claim.
    for (let at = 4; at < whole.length; at++)
      for (const spoilt of [0xff, whole[at]! ^ 0x40]) {
        const file = whole.slice();
        file[at] = spoilt;
        const began = process.cpuUsage();
        try {
          await readTable(file);
        } catch (error) {
          refused++;
          expect(error, `byte ${at} is ${spoilt}`).toBeInstanceOf(ImportError);
        }
        const { user, system } = process.cpuUsage(began);
        expect((user + system) / 1000, `byte ${at} is ${spoilt}`).toBeLessThan(1000);
      }
    expect(refused).toBeGreaterThan(50);
  });

  it('whose pages state another encoding than they have are read or refused at once', async () => {
    // Read as runs, the second value is one of 2²⁵ values.
    const whole = parquet([
      { name: 'a', data: Int32Array.of(0, 0x1f808080, 1, 2, 3, 4, 5, 6), type: 'INT32' },
      { name: 'b', data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), type: 'INT32' },
    ]);
    const encodings = Array.from({ length: 10 }, (_, encoding) => 2 * encoding);
    let slowest = 0;
    const firstPage = 60;
    for (let at = 4; at < firstPage; at++)
      for (const spoilt of encodings.includes(whole[at]!) ? encodings : []) {
        const file = whole.slice();
        file[at] = spoilt;
        const began = process.cpuUsage();
        await readTable(file).catch((error: unknown) => expect(error).toBeInstanceOf(ImportError));
        const { user, system } = process.cpuUsage(began);
        slowest = Math.max(slowest, (user + system) / 1000);
      }
    expect(slowest).toBeLessThan(300);
  });

  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP'] as const)('packed with %s are read', async (codec) => {
    const data = Int32Array.from({ length: 500 }, (_, i) => i % 7);
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'a', data, type: 'INT32' },
          { name: 'b', data, type: 'INT32' },
        ],
        codec,
        compressors: { GZIP: (input: Uint8Array) => gzipSync(input) },
      }),
    );
    expect(column(await readTable(bytes), 'a')).toEqual(Array.from(data, String));
  });
});

describe('Parquet values as text', () => {
  it.each([
    ['a list', [1, 2, 3], '[1, 2, 3]'],
    ['an empty list', [], '[]'],
    ['a typed list', Int32Array.of(4, 5), '[4, 5]'],
    ['a list with nothing in it', ['a', null], '[a, ]'],
    ['a structure', { a: 1n }, '{"a":"1"}'],
    ['nothing', undefined, ''],
    ['a time that is none', new Date(NaN), ''],
    ['a large number', 1e21, '1e+21'],
  ])('%s', (_, value, text) => {
    expect(cellText(value)).toBe(text);
  });
});
