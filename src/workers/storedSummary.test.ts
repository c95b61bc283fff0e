import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCatalogue, readDataset } from '../data/format';
import { DataSession } from './dataSession';
import { summariseDataset } from './datasetSummary';
import { readSummary, writeSummary } from './storedSummary';

const file = (name: string) => readFileSync(new URL(`../../public/samples/${name}`, import.meta.url));
const json = (name: string): unknown => JSON.parse(file(name).toString());
const { samples } = parseCatalogue(json('index.json'));

describe('what is known of a sample before its rows are read', () => {
  it.each(samples.map(({ id }) => id))('%s: is what its rows say', async (id) => {
    const { parquet, manifest, summary } = samples.find((sample) => sample.id === id)!;
    const dataset = await readDataset(new Uint8Array(file(parquet)), json(manifest));
    const expected = summariseDataset(dataset, 'sample');
    const stored = readSummary(file(summary!).toString());
    expect(stored, 'run npm run samples').toEqual(expected);
    expect(readSummary(writeSummary(expected))).toEqual(expected);
  });

  it('is asked of the rows where the file is of another format or damaged', () => {
    for (const text of ['', '{', 'null', '[]', '{"format":"scenarium-summary/2"}', '<!doctype html>'])
      expect(readSummary(text)).toBeNull();
  });

  it('answers a page without reading rows', async () => {
    const known = readSummary(file(samples[0]!.summary!).toString())!;
    const read: string[] = [];
    const session = new DataSession({
      summary: (id) => Promise.resolve(id === known.id ? known : null),
      list: () => Promise.resolve([]),
      load: (id) => {
        read.push(id);
        return Promise.reject(new Error('read'));
      },
      keep: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    });
    expect(await session.dataset(known.id)).toBe(known);
    expect(read).toEqual([]);
    await expect(session.dataset('another')).rejects.toThrow('read');
  });
});
