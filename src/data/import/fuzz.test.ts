import { gzipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../dataset';
import { buildDataset } from './build';
import { ImportError, type Notice } from './errors';
import { inspectFile } from './inspect';
import { importRoles, type Mapping } from './mapping';
import { csv, plainLog, utf8 } from './testing';

/** Every sentence that a person may see is one, ends, and shows no value that is none. */
function expectSentence({ sentence, line }: Pick<Notice, 'sentence' | 'line'>): void {
  expect(sentence).toMatch(/^[\s\S]{10,}\.$/);
  expect(sentence).not.toMatch(/\bNaN\b|\[object|“undefined”|(line|column) (undefined|null)/);
  if (line !== null) expect(line).toBeGreaterThanOrEqual(1);
}

/** A call of `expect` for every cell would take most of the time: cells are counted, and the count is expected. */
const count = <T>(values: Iterable<T>, wrong: (value: T) => boolean): number => {
  let found = 0;
  for (const value of values) if (wrong(value)) found++;
  return found;
};

function expectSound(dataset: Dataset): void {
  const { rows, fields, columns, scenarios, history } = dataset;
  expect(rows).toBeGreaterThan(0);
  let offset = 1;
  fields.forEach((field, f) => {
    expect(field.offset).toBe(offset);
    offset += field.size;
    expect(columns[f]!.length).toBe(rows);
    expect(
      count(columns[f]!, (id) => !(id >= 0 && id < field.size)),
      field.name,
    ).toBe(0);
  });
  expect(dataset.vocabularySize).toBe(offset);
  expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
  const { label, split, scenario, weight, timestamp } = dataset;
  const ofRows = [label, split, scenario, weight, ...(timestamp ? [timestamp] : [])];
  expect(ofRows.map(({ length }) => length)).toEqual(ofRows.map(() => rows));
  expect(count(label, (one) => one !== 0 && one !== 1)).toBe(0);
  expect(count(split, (part) => !(part <= 2))).toBe(0);
  expect(count(scenario, (s) => !(s >= 0 && s < scenarios.length))).toBe(0);
  expect(count(weight, (w) => !Number.isFinite(w))).toBe(0);
  expect(count(timestamp ?? [], (time) => !Number.isFinite(time))).toBe(0);
  expect(dataset.split).toContain(0);
  for (const { share, clickRate } of scenarios)
    expect(share >= 0 && share <= 1 && clickRate >= 0 && clickRate <= 1).toBe(true);
  if (history) {
    expect(count(history.lengths, (length) => length > history.length)).toBe(0);
    const sizes = history.itemFields.map((f) => fields[f]!.size);
    expect(count(history.ids.entries(), ([at, id]) => !(id >= 0 && id < sizes[at % sizes.length]!))).toBe(0);
    expect(count(history.scenario, (s) => !(s >= -1 && s < scenarios.length))).toBe(0);
    expect(count(history.age, (age) => !(age >= 0 && Number.isFinite(age)))).toBe(0);
  }
}

/** Reads whatever it is given: a sound dataset, or one sentence. Anything else fails the test. */
async function attempt(
  bytes: Uint8Array,
  change: (mapping: Mapping) => void = () => {},
): Promise<'built' | 'refused'> {
  try {
    const inspection = await inspectFile(bytes, { name: 'fuzz', maxRows: 500 });
    inspection.warnings.forEach(expectSentence);
    for (const column of inspection.columns)
      expect(column.auc === null || (column.auc >= 0 && column.auc <= 1)).toBe(true);
    if (!inspection.mapping) return 'refused';
    const mapping = structuredClone(inspection.mapping);
    change(mapping);
    const { dataset, warnings } = await buildDataset(bytes, mapping, { name: 'fuzz', maxRows: 500 });
    warnings.forEach(expectSentence);
    expectSound(dataset);
    return 'built';
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    expectSentence(error);
    return 'refused';
  }
}

const log = csv(
  plainLog({
    rows: 60,
    more: {
      clicks_seq: (row) => `[${row % 30}, ${row % 7}]`,
      price: (row) => row / 3,
      when: (row) => `2020-01-${1 + (row % 28)}`,
    },
  }),
);

describe('awkward bytes give a sound dataset or one sentence', () => {
  it('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await attempt(bytes);
      }),
      { numRuns: 150 },
    );
  });

  it('any text of delimiters, quotes, line ends and digits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'01,,,\n\n"\t:|;[] \rab-.é'), maxLength: 300 }),
        async (text) => {
          await attempt(utf8(`label,user_id\n1,2\n0,3\n${text}`));
          await attempt(utf8(text));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a good file with bytes changed, cut out or cut off, packed or not', async () => {
    let built = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(log.length - 1), fc.oneof(fc.integer({ min: 32, max: 126 }), fc.nat(255))), {
          maxLength: 6,
        }),
        fc.tuple(fc.nat(log.length), fc.nat(200)),
        fc.boolean(),
        async (changes, [at, length], packed) => {
          const changed = log.slice();
          for (const [place, byte] of changes) changed[place] = byte;
          const cut = Uint8Array.from([...changed.slice(0, at), ...changed.slice(at + length)]);
          if ((await attempt(packed ? gzipSync(cut) : cut)) === 'built') built++;
        },
      ),
      { numRuns: 120 },
    );
    // Much damage is survivable (bytes that are not UTF-8 are not); a reader that refused everything would pass the rest.
    expect(built).toBeGreaterThan(12);
  });

  it('gzip and Parquet files that are damaged', async () => {
    const packed = gzipSync(log);
    const magic = utf8('PAR1');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.nat(255),
        fc.uint8Array({ maxLength: 200 }),
        async (place, byte, bytes) => {
          const changed = packed.slice();
          changed[place] = byte;
          await attempt(changed);
          await attempt(packed.slice(0, place));
          await attempt(Uint8Array.from([...magic, ...bytes, ...magic]));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('any roles for any columns', async () => {
    const role = fc.constantFrom(...importRoles.filter((one) => one !== 'label'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(role, { minLength: 8, maxLength: 8 }),
        fc.record({
          rareBelow: fc.integer({ min: 1, max: 9 }),
          buckets: fc.integer({ min: 2, max: 9 }),
          length: fc.integer({ min: 1, max: 9 }),
        }),
        fc.constantFrom('auto' as const, 'log' as const, 'none' as const),
        async (roles, numbers, from) => {
          await attempt(log, (mapping) => {
            mapping.columns.forEach((column, c) => {
              if (column.role !== 'label')
                Object.assign(column, {
                  role: roles[c],
                  side: 'user',
                  use: roles[c] === 'sequence' ? 'history' : 'length',
                });
            });
            mapping.rareBelow = numbers.rareBelow;
            mapping.buckets = numbers.buckets;
            mapping.history = { from, length: numbers.length };
            const has = (name: string | null, wanted: string): boolean =>
              mapping.columns.some((c) => c.column === name && c.role === wanted);
            if (!has(mapping.userId, 'user')) mapping.userId = null;
            if (!has(mapping.itemId, 'item')) mapping.itemId = null;
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});
