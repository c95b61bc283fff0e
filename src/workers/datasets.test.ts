import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { DataSession } from './dataSession';
import { catalogueEntry, PAGE_ROWS, rowPage, summariseDataset } from './datasetSummary';
import { DatasetSource } from './datasets';

const dataset = { ...simulatedSmall(500), id: 'mine' };

/** The site's own files, from disk. */
function serve(): void {
  vi.stubGlobal('fetch', async (address: URL) => {
    const path = new URL(`../../public${address.pathname}`, import.meta.url);
    return readFile(path).then(
      (bytes) => new Response(new Uint8Array(bytes)),
      () => new Response(null, { status: 404, statusText: 'Not Found' }),
    );
  });
}

describe('datasets by id', () => {
  beforeEach(serve);
  afterEach(() => vi.unstubAllGlobals());

  it('finds a sample by address', async () => {
    const sample = await new DatasetSource('http://site/').load('aliccp-3');
    expect(sample.scenarios).toHaveLength(3);
    expect(sample.truth).not.toBeNull();
  });

  it('keeps what was made here for every other worker and the next visit, until it is removed', async () => {
    await new DatasetSource('http://site/').keep(catalogueEntry(dataset), dataset);
    const later = new DatasetSource('http://site/');
    expect(await later.load('mine')).toEqual(dataset);
    expect((await later.list()).map(({ id, kind }) => [id, kind])).toContainEqual(['mine', 'imported']);
    await later.remove('mine');
    await expect(later.load('mine')).rejects.toThrow(/no dataset "mine" here; simulate or import it/);
    await expect(later.remove('aliccp-3')).rejects.toThrow(/cannot be removed/);
  });

  it('lists a sample once, though an earlier version had to simulate it here', async () => {
    const source = new DatasetSource('http://site/');
    const earlier = { ...dataset, id: 'conflict-4' };
    await source.keep(catalogueEntry(earlier), earlier);
    const found = (await source.list()).filter(({ id }) => id === 'conflict-4');
    expect(found.map(({ kind }) => kind)).toEqual(['sample']);
  });

  it('makes again what an id says how to simulate', async () => {
    const told: number[] = [];
    const made = await new DatasetSource('http://site/').load('aliccp-3-seed7', ({ done }) =>
      told.push(done),
    );
    expect(made).toMatchObject({ id: 'aliccp-3-seed7', source: { kind: 'simulated', seed: 7 } });
    expect(told.at(-1)).toBe(100);
  });

  it('says so when the site cannot be reached, and tries again', async () => {
    const source = new DatasetSource('http://site/');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
    await expect(source.load('aliccp-3')).rejects.toThrow(/could not be fetched; check the connection/);
    serve();
    expect((await source.load('aliccp-3')).id).toBe('aliccp-3');
  });

  it('simulates a sample whose rows did not come, to the same bits', async () => {
    const source = new DatasetSource('http://site/');
    const fetched = await source.load('promotion-6');
    const site = globalThis.fetch;
    vi.stubGlobal('fetch', async (address: URL) =>
      address.pathname.endsWith('.parquet') ? Promise.reject(new TypeError('network')) : site(address),
    );
    const made = await source.load('promotion-6');
    expect([made.id, made.fingerprint]).toEqual([fetched.id, fetched.fingerprint]);
    expect(made.label).toEqual(fetched.label);
  });

  it('imports a person’s file and finds it again', async () => {
    const source = new DatasetSource('http://site/');
    const session = new DataSession(source);
    const rows = Array.from(
      { length: 300 },
      (_, i) => `u${i % 30},i${i % 17},${'ab'[i % 2]},${i % 3 === 0 ? 1 : 0}`,
    );
    const file = new File([`user,item,domain,click\n${rows.join('\n')}\n`], 'log.csv');
    const { mapping } = await session.inspectFile(file, undefined, () => undefined);
    expect(mapping).not.toBeNull();
    const { summary } = await session.importFile(file, mapping!, () => undefined);
    expect(summary.kind).toBe('imported');
    expect(summary.scenarios).toHaveLength(2);
    const again = await new DatasetSource('http://site/').load(summary.id);
    expect(again.rows).toBe(300);
    expect(again.fingerprint).toBe(summary.fingerprint);
  });
});

describe('a dataset’s summary', () => {
  const summary = summariseDataset(dataset, 'simulated');

  it('counts every row and click once', () => {
    const total = (counts: { train: number; validation: number; test: number }): number =>
      counts.train + counts.validation + counts.test;
    expect(total(summary.rows)).toBe(dataset.rows);
    expect(summary.scenarios.reduce((sum, { rows }) => sum + total(rows), 0)).toBe(dataset.rows);
    expect(summary.scenarios.reduce((sum, { positives }) => sum + total(positives), 0)).toBe(
      dataset.label.reduce((sum, label) => sum + label, 0),
    );
  });

  it('gives the share of a scenario’s users that another also has', () => {
    const users = dataset.scenarios.map(
      (_, s) => new Set(Array.from(dataset.columns[0]!).filter((_user, row) => dataset.scenario[row] === s)),
    );
    const n = users.length;
    users.forEach((own, a) => {
      expect(summary.scenarios[a]!.users).toBe(own.size);
      users.forEach((other, b) => {
        const both = [...own].filter((user) => other.has(user)).length;
        expect(summary.userOverlap![a * n + b]).toBeCloseTo(both / own.size, 6);
      });
    });
  });

  it('names the most frequent values with their shares', () => {
    const field = summary.fields.find(({ name }) => name === 'item_id')!;
    const count = (id: number): number => dataset.columns[1]!.filter((value) => value === id).length;
    expect(field.used).toBe(new Set(dataset.columns[1]).size);
    for (const { id, share } of field.top) expect(share).toBeCloseTo(count(id) / dataset.rows, 10);
    const shares = field.top.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('gives pages of rows within bounds', () => {
    expect(rowPage(dataset, 490, 50)).toMatchObject({ offset: 490, total: 500 });
    expect(rowPage(dataset, 490, 50).rows).toHaveLength(10);
    expect(rowPage(dataset, -5, 1_000_000).rows).toHaveLength(PAGE_ROWS);
    expect(rowPage(dataset, 1e9, 10).rows).toHaveLength(0);
    const { columns, rows } = rowPage(dataset, 3, 1);
    expect(rows[0]![columns.indexOf('label')]).toBe(`${dataset.label[3]}`);
    expect(rows[0]![columns.indexOf('item_id')]).toBe(`${dataset.columns[1]![3]}`);
  });
});
