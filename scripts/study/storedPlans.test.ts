/** A plan goes on where it stopped: what is stored of what it plans is found, or it would train it again and drop it from the file. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseStudy } from '../../src/studies/evidence/format';
import { plannedCells, type PlanName } from '../../src/studies/evidence/plans';
import { keptInStudy } from './stored';

const PAPERS = ['sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];

/** Study, plan, seeds. */
type Plan = readonly [string, PlanName, number];

const plans: readonly Plan[] = [
  ...PAPERS.map((paper): Plan => [paper, 'claims', 5]),
  ...PAPERS.map((paper): Plan => [paper, 'doses', 5]),
  ['ranks', 'ranks', 3],
  ['maps', 'maps', 5],
];

it.each(plans)(
  'every run of %s that the plan of %s asks for and the file has is found',
  (id, plan, seeds) => {
    const file = new URL(`../../public/studies/${id}.json`, import.meta.url);
    const study = parseStudy(readFileSync(file, 'utf8'));
    const variants = new Set(study.variants.map((one) => one.id));
    const planned = plannedCells(plan, { papers: PAPERS, seeds, size: 'small' }).filter(
      (cell) => cell.study === id && variants.has(cell.variant),
    );
    const stored = planned.filter(({ world, variant, seed }) =>
      study.cells.some((one) => one.world === world && one.variant === variant && one.seed === seed),
    );
    expect(stored.length).toBeGreaterThan(10);
    const lost = stored.filter((cell) => {
      const world = study.worlds.find((one) => one.id === cell.world);
      return keptInStudy(study, cell, world?.fingerprint ?? '') === null;
    });
    expect(lost.map(({ world, variant, seed }) => `${variant} in ${world}, seed ${seed}`)).toEqual([]);
  },
);
