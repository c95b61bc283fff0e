import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatchReader } from './batchReader';
import { layoutWidth, readBatch, type BatchLayout, type HostBatch } from './batches';
import { tinyDataset } from './simulate/testing';

const dataset = await tinyDataset();
const fields = dataset.fields.map((_, f) => f);
const { itemFields } = dataset.history!;
const crosses = { pairs: [[0, 1] as const], buckets: 50, offset: dataset.vocabularySize };

function layoutOf(parts: Omit<BatchLayout, 'batch' | 'width'>): BatchLayout {
  return { batch: 16, ...parts, width: layoutWidth(parts) };
}

const layouts = {
  'fields alone': layoutOf({ fields, history: null, ownHistory: null }),
  'histories, some fields and pairs': layoutOf({
    fields: fields.slice(1),
    history: { length: 5, itemFields: itemFields.slice(0, 1), scenarioField: 0 },
    ownHistory: { length: 3, itemFields },
    crosses,
  }),
  'tables of scenarios': layoutOf({
    fields,
    history: { length: 4, itemFields, scenarioField: null },
    ownHistory: null,
    ownTables: dataset.scenarios.length + 1,
  }),
};

const sequences = fc.array(
  fc.record({
    // Few different ones, so that most come again.
    rows: fc.array(
      fc.integer({ min: 0, max: 60 }).map((row) => (row * 97) % dataset.rows),
      {
        minLength: 1,
        maxLength: 16,
      },
    ),
    size: fc.constantFrom(16, 16, 21),
    reused: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);
const extra = { fairness: Float32Array.from({ length: dataset.rows }, (_, row) => row) };

test.each(Object.entries(layouts))(
  'batches of rows that came before are those that are read anew: %s',
  (_, layout) => {
    fc.assert(
      fc.property(sequences, fc.boolean(), (sequence, kept) => {
        const read = createBatchReader(dataset, layout, kept ? undefined : 0);
        let before: HostBatch | null = null;
        for (const { rows, size, reused } of sequence) {
          const into: HostBatch | null = reused && before?.layout.batch === size ? before : null;
          const found = read(rows, extra, into, size);
          if (into) expect(found.ids).toBe(into.ids);
          expect(found).toEqual(readBatch(dataset, { ...layout, batch: size }, rows, extra));
          before = found;
        }
      }),
      { numRuns: 30 },
    );
  },
);

test('a batch is its caller’s: what is written into one is not in the next', () => {
  const read = createBatchReader(dataset, layouts['fields alone']);
  const first = read([3]);
  const expected = first.ids.slice();
  first.ids.fill(7);
  expect(read([3]).ids).toEqual(expected);
});

test('more rows than a batch holds are refused', () => {
  expect(() => createBatchReader(dataset, layouts['fields alone'])(new Int32Array(17))).toThrow(
    'cannot hold 17',
  );
});
