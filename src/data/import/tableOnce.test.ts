import { describe, expect, it, vi } from 'vitest';
import { buildDataset } from './build';
import { inspectFile } from './inspect';
import { TableOnce } from './tableOnce';

const rows = Array.from(
  { length: 400 },
  (_, i) => `u${i % 30},i${i % 17},"${'ab'[i % 2]}",${1_600_000_000 + 60 * i},中国,${i % 3 === 0 ? 1 : 0}`,
);
const header = 'user,item,domain,time,place,click\n';
const textOf = (head: string): string => `${head}${rows.join('\n')}\n`;
const fileOf = (
  text: string,
  name = 'log.csv',
  encode: (text: string) => Uint8Array<ArrayBuffer> = utf8,
): File => new File([encode(text)], name, { lastModified: 5 });
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const gb18030 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.replaceAll('中国', '\xd6\xd0\xb9\xfa'), (c) => c.charCodeAt(0));

describe('a file that is looked at and then imported', () => {
  it.each([
    ['UTF-8', fileOf(textOf(header))],
    ['GB 18030', fileOf(textOf(header), 'log.csv', gb18030)],
    ['no header', fileOf(textOf(''))],
    ['semicolons', fileOf(textOf(header).replaceAll(',', ';'))],
  ])('gives what reading it twice gives: %s', async (_, file) => {
    const inspection = await inspectFile(file);
    const { draft } = inspection;
    const label = draft.columns.at(-1)!.column;
    const mapping = {
      ...draft,
      columns: draft.columns.map((column) =>
        column.column === label ? { ...column, role: 'label' as const } : column,
      ),
    };
    const tables = new TableOnce();
    expect(await tables.inspect(file)).toEqual(inspection);
    const read = vi.spyOn(file, 'slice');
    const once = await tables.build(file, mapping);
    expect(read).not.toHaveBeenCalled();
    expect(once).toEqual(await buildDataset(file, mapping));
  });

  it('is read again where the mapping reads it in another way, after an import, and where another file came', async () => {
    const file = fileOf(textOf(header));
    const tables = new TableOnce();
    const { mapping } = await tables.inspect(file);
    const read = vi.spyOn(file, 'slice');
    const reads = async (work: Promise<unknown>): Promise<boolean> => {
      read.mockClear();
      await work;
      return read.mock.calls.length > 0;
    };
    expect(await reads(tables.inspect(file, { schema: null }))).toBe(false);
    expect(await reads(tables.inspect(file, { dialect: { encoding: 'windows-1252' } }))).toBe(true);
    expect(await reads(tables.build(file, mapping))).toBe(true);
    expect(await reads(tables.inspect(file))).toBe(true);
    expect(await reads(tables.build(file, mapping))).toBe(false);
    expect(await reads(tables.build(file, mapping))).toBe(true);
    await tables.inspect(file);
    await tables.inspect(fileOf(textOf(header), 'other.csv'));
    expect(await reads(tables.build(file, mapping))).toBe(true);
  });

  it('bytes without a name and date are read every time', async () => {
    const bytes = utf8(textOf(header));
    const tables = new TableOnce();
    const { mapping } = await tables.inspect(bytes);
    bytes.set(utf8('U'), header.length);
    const { dataset } = await tables.build(bytes, mapping);
    expect(dataset.rows).toBe((await buildDataset(bytes, mapping)).dataset.rows);
    expect(dataset.fingerprint).toBe((await buildDataset(bytes, mapping)).dataset.fingerprint);
  });
});
