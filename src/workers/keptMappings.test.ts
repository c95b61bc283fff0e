import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inspectFile } from '../data/import';
import { DataSession } from './dataSession';
import { DatasetSource } from './datasets';
import { openKeyValueStore } from './keyValueStore';
import { fittingMappings, keptMapping, mappingKey } from './keptMappings';
import { Storage } from './storage';

const values = openKeyValueStore(new Storage());
const source = new DatasetSource('http://site/');
const session = new DataSession(source);
const rows = Array.from({ length: 60 }, (_, k) => `u${k % 7},i${k % 11},${k % 3},${k % 2}`);
const file = (name: string, header = 'who,what,place,clicked') =>
  new File([`${header}\n${rows.join('\n')}\n`], name, { type: 'text/csv' });

beforeEach(() => {
  vi.stubGlobal('fetch', async () => Response.json({ format: 'scenarium-catalogue/1', samples: [] }));
});
afterEach(() => vi.unstubAllGlobals());

async function imported(name: string, edit: { readonly rareBelow: number }) {
  const { draft } = await inspectFile(file(name));
  const mapping = { ...draft, ...edit, title: name };
  const { summary } = await session.importFile(file(name), mapping, () => undefined);
  return { id: summary.id, mapping };
}

it('keeps how a file was read with its dataset, and forgets it with that', async () => {
  const { id, mapping } = await imported('kept.csv', { rareBelow: 3 });
  expect(await keptMapping(values, id)).toEqual(mapping);
  await session.removeDataset(id);
  expect(await keptMapping(values, id)).toBeNull();
});

it('finds the ways in which files of the same columns were read, each once', async () => {
  const first = await imported('first.csv', { rareBelow: 3 });
  const same = await imported('same.csv', { rareBelow: 3 });
  const other = await imported('other.csv', { rareBelow: 5 });
  const found = await fittingMappings(values, ['clicked', 'place', 'what', 'who']);
  expect(found.map(({ mapping }) => mapping.rareBelow).sort()).toEqual([3, 5]);
  expect([first.id, same.id]).toContain(found.find(({ mapping }) => mapping.rareBelow === 3)?.dataset);
  expect(await fittingMappings(values, ['who', 'what', 'place'])).toEqual([]);
  expect(await fittingMappings(values, ['who', 'what', 'place', 'bought'])).toEqual([]);
  for (const { id } of [first, same, other]) await session.removeDataset(id);
});

it('leaves out what another version wrote', async () => {
  await values.update([], () => ({ [mappingKey('a')]: '{"version":9}', [mappingKey('b')]: '{' }));
  expect(await keptMapping(values, 'a')).toBeNull();
  expect(await fittingMappings(values, ['who'])).toEqual([]);
});
