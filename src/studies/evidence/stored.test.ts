/** The studies that are committed, with what docs/evidence says of them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLAIMING_PAPERS, claimsOf } from '../claims';
import { cellSetup } from './cellAddress';
import { parseStudy, parseStudyIndex } from './format';
import { MAPS_STUDY } from './knobMaps';
import { mapsReport } from './mapsReport';
import { everyModelTable } from './everyModel';
import { evidenceReport } from './report';
import { verdicts } from './verdict';

const folder = new URL('../../../public/studies/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const { studies } = parseStudyIndex(read('index.json'));

it('are listed with their sizes and take 4 MB at most', () => {
  expect(readdirSync(folder).sort()).toEqual(['index.json', ...studies.map(({ file }) => file)].sort());
  const bytes = studies.map(({ file }) => statSync(new URL(file, folder)).size);
  expect(studies.map((one) => one.bytes)).toEqual(bytes);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4 * 2 ** 20);
});

it.each(studies.map(({ id, file, cells }) => [id, file, cells] as const))(
  '%s holds what repeats each of its cells, and its page says what it says',
  (id, file, cells) => {
    const study = parseStudy(read(file));
    expect(study.id).toBe(id);
    expect(study.cells).toHaveLength(cells);
    for (const { world, variant, seed } of study.cells) {
      const { settings } = cellSetup(study, { world, variant, seed });
      expect(study.variants.find((one) => one.id === variant)?.settings).toEqual(settings);
    }
    const evidence = new URL(`../../../docs/evidence/${id}.md`, import.meta.url);
    const models = new URL('../../../docs/models/README.md', import.meta.url);
    const own = CLAIMING_PAPERS.includes(id) || id === MAPS_STUDY;
    expect(existsSync(evidence)).toBe(own);
    const where = own ? evidence : models;
    const said = id === MAPS_STUDY ? mapsReport(study) : own ? evidenceReport(study) : everyModelTable(study);
    if (said === null) return;
    // Tables are padded by the formatter.
    const bare = (text: string): string => text.replace(/[\s:*_-]+/g, '');
    expect(bare(readFileSync(where, 'utf8'))).toContain(bare(said));
  },
);

it.each(CLAIMING_PAPERS)('%s answers every claim whose variants were trained in its world', (paper) => {
  const study = parseStudy(read(`${paper}.json`));
  const { claims } = claimsOf(paper);
  // At the world's own dose: without the cause some claims ask for what cannot be, such as telling pushed rows where none is.
  const world = study.worlds.find(({ id, base }) => id === base)!;
  const trained = (variant: string): boolean =>
    study.cells.filter((cell) => cell.world === world.id && cell.variant === variant).length > 1;
  const found = verdicts(claims, study, world);
  const due = claims.filter(
    ({ world: base, test: { variant, against, value } }) =>
      base === world.base && trained(variant) && (value !== undefined || trained(against)),
  );
  expect(due.length).toBeGreaterThan(0);
  const open = due.filter(({ id }) => found.get(id)?.verdict === 'not run').map(({ id }) => id);
  expect(open, world.id).toEqual([]);
});
