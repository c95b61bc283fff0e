import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildDataset, inspectFile, type ProblemCode } from './index';
import { importError } from './testing';

/** Small files of the kinds that people's tools write; they lie beside the project, so a machine may lack them. */
const folder =
  process.env.SCENARIUM_AWKWARD_FILES ?? fileURLToPath(new URL('../../../../shared/cases/', import.meta.url));

interface Reading {
  readonly file: string;
  /** What must be told, by the inspection or the build. */
  readonly told?: readonly ProblemCode[];
  readonly userId?: string | null;
  readonly itemId?: string | null;
  readonly unit?: string;
  readonly threshold?: number | null;
  readonly roles?: Readonly<Record<string, string>>;
  /** Rows of training, validation and test; 480, 60, 60 where absent. */
  readonly split?: readonly [number, number, number];
  readonly users?: number;
  readonly scenarios?: readonly string[];
}

const own = { userId: 'user_id', itemId: 'item_id', unit: 'seconds' };
const readings: readonly Reading[] = [
  { file: 'tiny.inter', ...own, threshold: 4, roles: { rating: 'label', timestamp: 'time' } },
  { file: 'space.inter', ...own, threshold: null, roles: { label: 'label', timestamp: 'time' } },
  { file: 'one-zero.csv', ...own, told: ['oddTime'] },
  { file: 'one-minus-one.csv', ...own, told: ['oddTime'] },
  { file: 'yyyymmddhh.csv', unit: 'yyyymmddhh', roles: { id: 'ignore', hour: 'time' } },
  { file: 'avazu-like.csv', unit: 'yymmddhh', roles: { id: 'ignore', hour: 'time' } },
  {
    file: 'semicolon.csv',
    ...own,
    told: ['decimalComma'],
    roles: { price: 'numeric', rating_mean: 'numeric' },
  },
  {
    file: 'rating-decimal-comma.csv',
    ...own,
    told: ['decimalComma'],
    threshold: 4,
    roles: { rating: 'label' },
  },
  { file: 'sep.csv', ...own, roles: { price: 'numeric' } },
  { file: 'title-preamble.csv', ...own, told: ['skippedLines'] },
  { file: 'hash-preamble.csv', ...own, told: ['skippedLines'] },
  { file: 'unnamed0-twice.csv', ...own, roles: { 'Unnamed: 0': 'ignore', 'Unnamed: 0.1': 'ignore' } },
  { file: 'index-level.parquet', ...own, roles: { __index_level_0__: 'ignore' } },
  { file: 'decimal20.parquet', ...own, users: 40 },
  { file: 'names.csv', ...own, scenarios: ['12" tools', 'Books\nand more', 'Clothing, Shoes & Jewelry'] },
  { file: 'formula.csv', ...own },
  { file: 'iso-utc-suffix.csv', ...own, unit: 'date' },
  { file: 'own-us-time.csv', ...own, unit: 'mdy' },
  { file: 'own-eu-time.csv', ...own, unit: 'dmy' },
  { file: 'mind-joined.csv', userId: 'User_ID', itemId: 'News_ID', unit: 'mdy' },
  { file: 'weights-zero.csv', ...own, told: ['zeroWeights'], roles: { weight: 'weight' } },
  { file: 'weights-odd.csv', ...own, told: ['unreadableWeight'], roles: { weight: 'weight' } },
  { file: 'label-2-1.csv', ...own, told: ['twoLabels'], threshold: 2 },
  { file: 'sci-ids.csv', ...own, told: ['roundedIds'], users: 40 },
  { file: 'two-days.csv', ...own, unit: 'date', told: ['coarseTime'], split: [300, 150, 150] },
  { file: 'one-early-row.csv', ...own, unit: 'date', told: ['coarseTime'] },
  { file: 'big-last-day.csv', ...own, unit: 'date', told: ['coarseTime'] },
  { file: 'userid-and-customer.csv', ...own, userId: 'userid', itemId: 'adgroup_id' },
  { file: 'item_id-and-product.csv', ...own },
  { file: 'one-scenario.csv', ...own, told: ['oneScenario'] },
  { file: 'no-scenario-column.csv', ...own, told: ['noScenario'] },
  { file: 'twelve-rows.csv', ...own, split: [10, 1, 1] },
];

/** Notices that would be untrue of each of these files. */
const never: readonly ProblemCode[] = ['noTimeOrder', 'noLabel', 'raggedRows', 'noHeader', 'oneUser'];

describe('awkward files of people’s tools', () => {
  if (!existsSync(folder)) {
    it('are not on this machine: the folder is missing, and nothing is claimed of them', () => {
      console.log(`Awkward files are not at ${folder}; import was not tried on them.`);
      expect(existsSync(folder)).toBe(false);
    });
    return;
  }
  const read = (file: string): Uint8Array => new Uint8Array(readFileSync(folder + file));

  it.each(readings)('$file reads as it is meant', async (meant) => {
    const bytes = read(meant.file);
    const inspection = await inspectFile(bytes, { name: meant.file });
    const { mapping } = inspection;
    expect(mapping).not.toBeNull();
    if (meant.userId !== undefined) expect(mapping!.userId).toBe(meant.userId);
    if (meant.itemId !== undefined) expect(mapping!.itemId).toBe(meant.itemId);
    if (meant.unit !== undefined) expect(mapping!.time.unit).toBe(meant.unit);
    if (meant.threshold !== undefined) expect(mapping!.label.threshold).toBe(meant.threshold);
    const roles = Object.fromEntries(mapping!.columns.map(({ column, role }) => [column, role]));
    expect(roles).toMatchObject(meant.roles ?? {});
    if (meant.users !== undefined)
      expect(inspection.columns.find(({ name }) => name === meant.userId)!.distinct).toBe(meant.users);

    const { dataset, warnings } = await buildDataset(bytes, mapping, { name: meant.file });
    const counts = [0, 0, 0];
    for (const part of dataset.split) counts[part]!++;
    expect(counts).toEqual(meant.split ?? [480, 60, 60]);
    if (meant.scenarios) expect(dataset.scenarios.map(({ name }) => name)).toEqual(meant.scenarios);
    const told = [...inspection.warnings, ...warnings];
    const codes = told.map(({ code }) => code);
    for (const code of meant.told ?? []) expect(codes).toContain(code);
    for (const code of never) expect(codes).not.toContain(code);
    for (const { sentence } of told) expect(sentence.length).toBeLessThan(400);
  });

  it.each(['endless-runs.parquet', 'claims-2e31-rows.parquet'])(
    '%s is refused within a second',
    async (file) => {
      const started = performance.now();
      const error = await importError(() => inspectFile(read(file), { name: file }));
      expect(error.code).toBe('badParquet');
      expect(error.sentence).toMatch(/^[^\n]{20,300}\.$/);
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );
});
