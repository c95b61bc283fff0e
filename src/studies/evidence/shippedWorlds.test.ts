import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseCatalogue } from '../../data/format';
import { WORLDS } from '../../data/simulate';
import { defaultSetup, firstSetup } from '../../training/setup';
import { parseStudy } from './format';

const json = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../public/${name}`, import.meta.url), 'utf8'));
const { samples } = parseCatalogue(json('samples/index.json'));

it('worlds that are shipped are those that stored studies trained on, row by row', () => {
  const files = readdirSync(new URL('../../../public/studies/', import.meta.url));
  const stored = files
    .filter((name) => name !== 'index.json')
    .flatMap((name) => parseStudy(json(`studies/${name}`)).worlds);
  const shipped = samples.filter(({ id }) => WORLDS.some((world) => world.id === id));
  expect(shipped.length).toBeGreaterThanOrEqual(4);
  for (const { id, manifest } of shipped) {
    const prints = stored.filter((world) => world.id === id).map(({ fingerprint }) => fingerprint);
    // AREAD's study begins anew (docs/evidence/aread.md).
    expect(prints.length, id).toBeGreaterThan(0);
    for (const fingerprint of prints)
      expect(json(`samples/${manifest}`), id).toMatchObject({ id, fingerprint });
  }
});

it('what opens first is shipped: nothing is simulated before the first curve', () => {
  const ids = samples.map(({ id }) => id);
  expect(ids).toContain(firstSetup().dataset);
  expect(ids).toContain(defaultSetup().dataset);
});
