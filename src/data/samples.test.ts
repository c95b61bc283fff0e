import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCatalogue, readDataset, writeDataset } from './format';
import { fidelityOf, simulate, TWINS, WORLDS } from './simulate';
import { SPLIT, type Dataset } from './dataset';

const folder = new URL('../../public/samples/', import.meta.url);
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const bytes = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const catalogue = parseCatalogue(json('index.json'));
const ids = catalogue.samples.map(({ id }) => id);
const among = (simulations: readonly { readonly id: string }[]) =>
  ids.filter((id) => simulations.some((one) => one.id === id));
const [twins, worlds] = [among(TWINS), among(WORLDS)];

/** Packing takes longer than simulating: a twin and a world, both with histories, stand for how all are written. */
const toTheByte = process.env.UNIT_MODELS === 'all' ? ids : ['amazon-25', 'conflict-4'];
/** Milliseconds; some two seconds on an idle computer, and packing is slow on a busy one. */
const PATIENCE = 240_000;

const read = new Map<string, Promise<Dataset>>();
/** A committed sample, read and verified once. */
function sample(id: string): Promise<Dataset> {
  const known = read.get(id) ?? readDataset(bytes(`${id}.parquet`), json(`${id}.json`), { verify: true });
  read.set(id, known);
  return known;
}

/** What a dataset says of itself, its columns by their fingerprint. */
const described = ({
  columns,
  scenario,
  label,
  timestamp,
  split,
  weight,
  history,
  truth,
  ...rest
}: Dataset) => ({
  ...rest,
  columns: columns.length,
  has: [scenario, label, timestamp, split, weight, history, truth].map((part) => part !== null),
  history: history && { length: history.length, itemFields: history.itemFields },
});

describe('committed samples', () => {
  test('are listed with their sizes, a cause world at most 1 MiB, at most 16 MB together', () => {
    for (const { id, parquet, bytes: said } of catalogue.samples) {
      const { size } = statSync(new URL(parquet, folder));
      expect(size).toBe(said);
      if (worlds.includes(id)) expect(size).toBeLessThanOrEqual(2 ** 20);
    }
    const sizes = readdirSync(folder).map((name) => statSync(new URL(name, folder)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(16e6);
  });

  test('are twins and cause worlds, and say “simulated”', () => {
    expect(ids).toEqual([...twins, ...worlds]);
    for (const { title } of catalogue.samples) expect(title).toContain('simulated');
  });

  test.each(ids)(
    '%s is made again',
    async (id) => {
      const dataset = await simulate({ twin: id, size: 'small', seed: 1, knobs: {} });
      const committed = await sample(id);
      // The fingerprint is of every row; that of the committed file was computed from what stands in it.
      expect(described(dataset)).toEqual(described(committed));
      if (!toTheByte.includes(id)) return;
      const { parquet, manifest } = writeDataset(dataset);
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(json(`${id}.json`));
      expect(Buffer.compare(parquet, bytes(`${id}.parquet`)), 'run npm run samples').toBe(0);
    },
    PATIENCE,
  );

  test.each(twins)(
    '%s keeps to what is published: shares, click rates, ceiling, evaluation rows',
    async (id) => {
      const dataset = await sample(id);
      const { shareError, clickRateError, headroom } = fidelityOf(dataset);
      expect(shareError).toBeLessThan(0.2);
      expect(clickRateError).toBeLessThan(0.03);
      expect(headroom ?? 0).toBeGreaterThanOrEqual(0.03);
      expect(headroom ?? 1).toBeLessThanOrEqual(0.08);
      const test = new Int32Array(dataset.scenarios.length);
      for (let row = 0; row < dataset.rows; row++) {
        if (dataset.split[row] === SPLIT.test) test[dataset.scenario[row]!]!++;
      }
      expect(Math.min(...test)).toBeGreaterThanOrEqual(4000);
    },
  );

  test('travel-20 has its promotion, and people visit as many scenarios as SAR-Net’s Table 2 says', async () => {
    const dataset = await sample('travel-20');
    expect(dataset.truth!.intervened.some((flag) => flag === 1)).toBe(true);
    const seen = new Map<number, Set<number>>();
    const user = dataset.columns[dataset.fields.findIndex((field) => field.name === 'user_id')]!;
    for (let row = 0; row < dataset.rows; row++) {
      const set = seen.get(user[row]!) ?? new Set();
      set.add(dataset.scenario[row]!);
      seen.set(user[row]!, set);
    }
    const shares = [1, 3, 5, 7, 9, 20].map((most, k, mosts) => {
      const least = k === 0 ? 1 : mosts[k - 1]! + 1;
      return [...seen.values()].filter((set) => set.size >= least && set.size <= most).length / seen.size;
    });
    const published = [0.1121, 0.134, 0.253, 0.321, 0.1152, 0.0647];
    // About 1,200 people: a standard error of at most 1.4 points.
    shares.forEach((share, k) => expect(Math.abs(share - published[k]!)).toBeLessThan(0.04));
  });
});
