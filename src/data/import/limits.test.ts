import { describe, expect, it } from 'vitest';
import { inspectFile } from './index';
import { readTable } from './readTable';
import { importError, utf8 } from './testing';

const head = 'user_id,item_id,domain,label,timestamp\n';
const row = (i: number): string => `${i % 40},${i % 60},d${i % 3},${i % 2},${1_700_000_000 + i}\n`;
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join('');

/** Milliseconds of computing; a machine that others use too does not count. */
async function computing(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

describe('a budget a file', () => {
  it('lines that all open a quote cost time in their number and not in its square', async () => {
    let rows = 0;
    const ms = await computing(async () => {
      const table = await readTable(utf8(head + lines(10_000, (i) => `"${row(i)}`)));
      rows = table.rows;
    });
    expect(rows).toBe(10_000);
    // 45 s for 8,000 lines where each was looked for by itself.
    expect(ms).toBeLessThan(8000);
  });

  it('equal names are told apart in time in their number, and too many are refused by name', async () => {
    const equal = (n: number): Uint8Array => utf8(`${'a,'.repeat(n - 1)}a\n${'1,'.repeat(n - 1)}1\n`);
    const table = await readTable(equal(4000));
    expect(new Set(table.columns.map(({ name }) => name)).size).toBe(4000);
    expect(table.notices.length).toBeLessThan(6);
    const error = await importError(() => readTable(equal(20_000)));
    expect(error).toMatchObject({ code: 'tooLarge', line: 1 });
    expect(error.sentence).toContain('20\u202f000 columns');
  });

  it('a quote that opens a cell and is closed megabytes later belongs to its value, and no row is lost', async () => {
    const items: Readonly<Record<number, string>> = { 10: '"x', 59_990: 'y"' };
    const table = await readTable(
      utf8(head + lines(60_000, (i) => (items[i] ? `1,${items[i]},d0,1,1700000000\n` : row(i)))),
    );
    expect(table.totalRows).toBe(60_000);
  });

  it.each([
    ['unquoted', 'x'.repeat(9_000_000)],
    ['quoted', `"${'x'.repeat(9_000_000)}"`],
    ['of a megabyte and more', 'x'.repeat(1_100_000)],
  ])('a cell of megabytes, %s, is refused by its line', async (_, cell) => {
    const error = await importError(() =>
      readTable(utf8(`${head}${row(1)}1,2,${cell},1,1700000000\n${row(2)}`)),
    );
    expect(error).toMatchObject({ code: 'tooLarge', line: 3 });
  });

  it('names and values of any length are told in sentences that a person reads', async () => {
    const long = 'scenario '.repeat(40);
    const file = `user_id,${long},${'b'.repeat(5000)},label,timestamp\n${lines(200, (i) => `${i % 9},${long}${i % 2},x,${i % 2},${i < 3 ? long : 1_700_000_000 + i}\n`)}`;
    const { warnings, columns } = await inspectFile(utf8(file));
    expect(columns.every(({ name }) => name.length <= 100)).toBe(true);
    for (const { sentence } of warnings) expect(sentence.length).toBeLessThan(400);
  });
});
