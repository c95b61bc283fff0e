import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quantileBuckets, bucketOf } from './buckets';
import { csv, importWith } from './testing';

const cell = fc.constantFrom('a', 'b', 'c', 'd', 'e', '', '7', '7.0', 'ü', 'NA');
const row = fc.record({
  user: fc.nat(6),
  item: cell,
  price: fc.double({ min: 0, max: 99, noNaN: true }),
  scenario: fc.nat(2),
  label: fc.nat(1),
});
type Row = { user: number; item: string; price: number; scenario: number; label: number };

function file(training: readonly Row[], evaluation: readonly Row[]): Uint8Array {
  const write = (r: Row, split: string): (string | number)[] => [
    r.user,
    r.item,
    r.price,
    r.scenario,
    r.label,
    split,
  ];
  return csv([
    ['user_id', 'item_id', 'price', 'domain', 'label', 'split'],
    ...training.map((r, i) => write(i < 2 ? { ...r, label: i } : r, 'train')),
    ...evaluation.map((r, i) => write(r, i % 2 ? 'test' : 'valid')),
  ]);
}

it('vocabularies and buckets never see evaluation rows: changing those changes no field and no training id', async () => {
  const rows = fc.array(row, { minLength: 12, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      rows,
      rows,
      rows,
      fc.integer({ min: 1, max: 4 }),
      async (training, one, other, rareBelow) => {
        const change = (m: {
          rareBelow: number;
          leaks: 'ignore' | 'keep';
          columns: { column: string; role: string }[];
        }): void => {
          m.rareBelow = rareBelow;
          m.leaks = 'keep';
          const price = m.columns.find((c) => c.column === 'price')!;
          Object.assign(price, { role: 'numeric', side: 'item' });
          Object.assign(
            m.columns.find((c) => c.column === 'domain')!,
            { role: 'context' },
          );
          for (const [name, role] of [
            ['user_id', 'user'],
            ['item_id', 'item'],
          ] as const) {
            Object.assign(
              m.columns.find((c) => c.column === name)!,
              { role },
            );
          }
        };
        const a = (await importWith(file(training, one), change)).dataset;
        const b = (await importWith(file(training, other), change)).dataset;
        expect(a.fields).toEqual(b.fields);
        const n = training.length;
        a.columns.forEach((column, f) => {
          expect(column.slice(0, n)).toEqual(b.columns[f]!.slice(0, n));
          const { size, labels } = a.fields[f]!;
          for (const dataset of [a, b]) {
            for (const id of dataset.columns[f]!) {
              expect(id).toBeGreaterThanOrEqual(0);
              expect(id).toBeLessThan(size);
            }
          }
          if (a.fields[f]!.name === 'item_id') {
            expect(labels).not.toContain('NA');
            expect(labels).not.toContain('7.0');
          }
        });
      },
    ),
    { numRuns: 60 },
  );
});

it('a value has its own id exactly where enough training rows hold it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 12, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (training, rareBelow) => {
        const { dataset } = await importWith(file(training, training.slice(0, 6)), (m) => {
          m.rareBelow = rareBelow;
          m.leaks = 'keep';
          Object.assign(
            m.columns.find((c) => c.column === 'item_id')!,
            { role: 'item' },
          );
        });
        const f = dataset.fields.findIndex((field) => field.name === 'item_id');
        const spelled = training.map((r) =>
          ['', 'NA'].includes(r.item) ? null : r.item === '7.0' ? '7' : r.item,
        );
        spelled.forEach((value, i) => {
          const count = spelled.filter((other) => other === value).length;
          const id = dataset.columns[f]![i]!;
          expect(id > 0).toBe(value !== null && count >= rareBelow);
          if (id > 0) expect(dataset.fields[f]!.labels![id]).toBe(value);
        });
      },
    ),
    { numRuns: 60 },
  );
});

it('quantile buckets keep order, hold equal values together and are about equally full', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 2, max: 20 }),
      (values, wanted) => {
        const buckets = quantileBuckets(Float64Array.from(values), wanted);
        expect(buckets.size).toBeLessThanOrEqual(wanted + 1);
        expect(buckets.labels.length).toBe(buckets.size);
        const ids = values.map((value) => bucketOf(value, buckets));
        for (const [i, a] of values.entries()) {
          expect(ids[i]).toBeGreaterThanOrEqual(1);
          expect(ids[i]).toBeLessThan(buckets.size);
          const next = values[(i + 1) % values.length]!;
          if (a < next) expect(ids[i]!).toBeLessThanOrEqual(ids[(i + 1) % values.length]!);
        }
        for (let id = 1; id < buckets.size; id++) expect(ids).toContain(id);
        const commonest = Math.max(...values.map((v) => values.filter((w) => w === v).length));
        for (let id = 1; id < buckets.size; id++) {
          expect(ids.filter((own) => own === id).length).toBeLessThanOrEqual(
            values.length / wanted + 2 * commonest + 1,
          );
        }
        expect(bucketOf(NaN, buckets)).toBe(0);
      },
    ),
  );
});
