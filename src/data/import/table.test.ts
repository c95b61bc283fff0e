import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from './readTable';
import { TableBuilder, type Table } from './table';
import { codes, csv, utf8 } from './testing';

const format = {
  kind: 'text',
  gzip: false,
  delimiter: ',',
  encoding: 'utf-8',
  header: true,
  quotes: true,
} as const;

function fill(rows: number, capacity: number, seed: number, block = 1): Table {
  const builder = new TableBuilder(['row', 'even'], capacity, seed);
  for (let row = 0; row < rows;) {
    const count = Math.min(block, rows - row);
    if (block === 1) builder.add([String(row), String(row % 2)], row + 1);
    else {
      const slots = builder.offer(count, row + 1);
      const first = row;
      builder.fill(0, slots, (i) => String(first + i));
      builder.fill(1, slots, (i) => String((first + i) % 2));
    }
    row += count;
  }
  return builder.finish('test', format, []);
}
const kept = (table: Table): number[] =>
  Array.from(table.columns[0]!.codes, (code) => Number(table.columns[0]!.values[code]));

describe('the reservoir', () => {
  it('keeps everything while it fits, and is in file order and without repeats beyond that', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 100 }), fc.integer(), (rows, capacity, seed) => {
        const table = fill(rows, capacity, seed);
        expect(table.rows).toBe(Math.min(rows, capacity));
        expect(table.totalRows).toBe(rows);
        const own = kept(table);
        if (rows <= capacity) expect(own).toEqual(Array.from({ length: rows }, (_, i) => i));
        for (let i = 1; i < own.length; i++) expect(own[i]!).toBeGreaterThan(own[i - 1]!);
        expect([...table.lines]).toEqual(own.map((row) => row + 1));
        // The cells of a row stay together, and no text remains that no kept row holds.
        expect(Array.from(table.columns[1]!.codes, (code) => table.columns[1]!.values[code])).toEqual(
          own.map((row) => String(row % 2)),
        );
        expect(table.columns[0]!.values.length).toBe(table.rows);
      }),
    );
  });

  it('draws the same rows for the same seed, in whatever blocks rows arrive, and others for another seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 40 }), (seed, block) => {
        expect(kept(fill(500, 50, seed, block))).toEqual(kept(fill(500, 50, seed)));
        expect(kept(fill(500, 50, seed + 1))).not.toEqual(kept(fill(500, 50, seed)));
      }),
    );
  });

  it('draws every row equally often', () => {
    const rows = 40;
    const capacity = 10;
    const trials = 2000;
    const counts = new Float64Array(rows);
    for (let seed = 0; seed < trials; seed++)
      for (const row of kept(fill(rows, capacity, seed))) counts[row]!++;
    const expected = (trials * capacity) / rows;
    // Chi-square against equal shares; without replacement the variance is (1 - capacity / rows) of the multinomial's.
    let chi = 0;
    for (const count of counts) chi += (count - expected) ** 2 / (expected * (1 - capacity / rows));
    // 39 degrees of freedom: 99.9 % of fair draws lie below 72.1.
    expect(chi).toBeLessThan(72.1);
    expect(chi).toBeGreaterThan(10);
  });
});

describe('limits of a file', () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => [i, i % 7]);
  const bytes = csv([['row', 'label'], ...rows]);

  it('more rows than are kept are sampled over all of the file, and that is said with the seed', async () => {
    const table = await readTable(bytes, { maxRows: 500, seed: 3 });
    expect([table.rows, table.totalRows]).toEqual([500, 30_000]);
    expect(codes(table.notices)).toEqual(['sampled']);
    expect(table.notices[0]!.sentence).toMatch(/30\u202f000 rows.*500 rows.*seed 3/s);
    const mean = kept(table).reduce((a, b) => a + b, 0) / 500;
    // Standard error of the mean of 500 of 0…29,999: 387.
    expect(Math.abs(mean - 15_000)).toBeLessThan(4 * 387);
    expect(kept(await readTable(bytes, { maxRows: 500, seed: 3 }))).toEqual(kept(table));
  });

  it('more bytes than are kept are sampled to about that many', async () => {
    const table = await readTable(bytes, { maxBytes: 20_000 });
    const text = kept(table).join('\n').length + 2 * table.rows;
    expect(codes(table.notices)).toEqual(['sampled']);
    expect(text).toBeGreaterThan(10_000);
    expect(text).toBeLessThan(30_000);
  });

  it('a file within its limits is read whole', async () => {
    const table = await readTable(bytes, { maxRows: 30_000, maxBytes: bytes.length });
    expect([table.rows, table.notices]).toEqual([30_000, []]);
  });
});

describe('reading can be watched and cancelled', () => {
  it('tells a growing share and ends at 1', async () => {
    const fractions: number[] = [];
    const bytes = utf8(`a,b\n${'1,2\n'.repeat(300_000)}`);
    const table = await readTable(bytes, { maxRows: 1000, onProgress: (p) => fractions.push(p.fraction) });
    expect(table.totalRows).toBe(300_000);
    expect(fractions.length).toBeGreaterThanOrEqual(2);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it('stops with the reason of the signal', async () => {
    const controller = new AbortController();
    const bytes = utf8(`a,b\n${'1,2\n'.repeat(300_000)}`);
    const reading = readTable(bytes, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow('enough');
    await expect(readTable(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
