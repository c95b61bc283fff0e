import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findTwin, WORLDS } from '../../data/simulate';
import { models } from '../../models/registry';
import { simulationOfId } from '../../training/simulatedId';
import { claimsOf, CLAIMING_PAPERS } from '../claims';
import {
  assembleStudy,
  drawSetup,
  plannedSetup,
  storedVariant,
  storedVariantOf,
  type TrainedCell,
} from './assemble';
import { parseStudy, studyText } from './format';
import { plannedCells, PLANS, STUDIES, studyTitle, tunedCells, tunedRows, type PlannedCell } from './plans';
import { drawsOf, tunedIn, TUNING_SEED } from './tuned';

const options = { papers: CLAIMING_PAPERS, seeds: 2, size: 'small' } as const;

describe.each(PLANS)('the plan of %s', (plan) => {
  const cells = plannedCells(plan, options);

  it('names each cell once, of worlds that are simulated by their ids and variants that can be trained', () => {
    const keys = cells.map(({ study, world, variant, seed }) =>
      JSON.stringify([study, world, variant, seed]),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(cells.length).toBeGreaterThan(0);
    for (const world of new Set(cells.map((cell) => cell.world)))
      expect(simulationOfId(world)?.size).toBe('small');
    for (const variant of new Set(cells.map((cell) => cell.variant))) {
      const { settings, training } = plannedSetup({ study: 'ranks', variant, world: 'x', seed: 3 });
      expect(storedVariant(variant, 'ranks')).toMatchObject({ settings, training });
    }
    for (const { study } of cells) expect(STUDIES).toContain(study);
  });

  it('goes seed by seed', () => {
    const seeds = cells.map(({ seed }) => seed);
    expect(seeds).toEqual([...seeds].sort((a, b) => a - b));
    expect(new Set(seeds)).toEqual(new Set([1, 2]));
  });
});

it.each(CLAIMING_PAPERS)(
  'doses of %s begin without the cause and end with the world’s own, which goes by its name',
  (paper) => {
    const cells = plannedCells('doses', { ...options, papers: [paper] }).filter(({ dose }) => dose !== null);
    const { id, cause } = findTwin(claimsOf(paper).claims[0]!.world);
    const doses = [...new Set(cells.map(({ dose }) => dose))];
    expect(doses).toHaveLength(4);
    expect(doses[0]).toBe(0);
    expect(cells.find(({ dose }) => dose === doses[3])?.world).toBe(id);
    for (const dose of doses) expect(cause?.doses).toContain(dose);
    const mix = cells.filter(({ variant, seed }) => variant === 'mix' && seed === 1);
    expect(mix).toHaveLength(4);
  },
);

it.each(CLAIMING_PAPERS)('modules of %s are studied at every dose and on a twin', (paper) => {
  const cells = plannedCells('doses', { ...options, papers: [paper] });
  const places = [...new Set(cells.map(({ world }) => world))];
  expect(places).toHaveLength(5);
  const modules = new Set(cells.map(({ variant }) => variant).filter((id) => id.startsWith(paper)));
  expect(modules.size).toBeGreaterThanOrEqual(4);
  for (const variant of modules)
    expect(new Set(cells.filter((cell) => cell.variant === variant).map(({ world }) => world))).toEqual(
      new Set(places),
    );
});

it('ranks are of every model in the five cause worlds and the twins that come with the lab', () => {
  const cells = plannedCells('ranks', { ...options, seeds: 1 });
  const { samples } = JSON.parse(
    readFileSync(new URL('../../../public/samples/index.json', import.meta.url), 'utf8'),
  ) as { samples: { id: string }[] };
  const worlds = new Set([...WORLDS, ...samples].map(({ id }) => id));
  expect(cells).toHaveLength(worlds.size * models.length);
  expect(new Set(cells.map(({ world }) => world))).toEqual(worlds);
  expect(new Set(cells.map(({ variant }) => variant))).toEqual(new Set(models.map(({ id }) => id)));
});

it.each(STUDIES)(
  'all models of the study of %s are trained alike, and AREAD’s last search leaves room',
  (study) => {
    const setups = ['mix', 'mmoe', 'aread', 'aread:hei'].map((variant) =>
      plannedSetup({ study, variant, world: 'x', seed: 1 }),
    );
    expect(new Set(setups.map(({ training }) => JSON.stringify(training))).size).toBe(1);
    const { settings, training } = setups[2]!;
    const { warmup, maskInterval, numSearches } = settings as Readonly<Record<string, number>>;
    expect(warmup! + (numSearches! - 1) * maskInterval!).toBe(0.6 * training.steps);
  },
);

it('claims are all tested by the plan of claims', () => {
  for (const paper of CLAIMING_PAPERS) {
    const variants = new Set(
      plannedCells('claims', { ...options, papers: [paper] }).map(({ variant }) => variant),
    );
    for (const { test } of claimsOf(paper).claims) {
      expect(variants).toContain(test.variant);
      if (test.value === undefined) expect(variants).toContain(test.against);
    }
  }
});

describe('rows with a tuning budget', () => {
  const rows = tunedRows(options);

  it('are those of a printed main table of each paper, with controls, on the table’s twin', () => {
    expect(new Set(rows.map(({ study }) => study))).toEqual(new Set(CLAIMING_PAPERS));
    for (const paper of CLAIMING_PAPERS) {
      const own = rows.filter(({ study }) => study === paper);
      const variants = own.map(({ variant }) => variant);
      expect(new Set(variants).size).toBe(variants.length);
      for (const variant of [paper, 'mix', 'single', 'lr', 'fm']) expect(variants).toContain(variant);
      const twins = new Set(own.map(({ world }) => world));
      expect(twins.size).toBe(1);
      expect(claimsOf(paper).tables.map(({ twin }) => twin)).toContain([...twins][0]);
    }
  });

  it('are trained as their best draw says, and named after the world that they were tuned in', () => {
    const row = rows.find(({ study, variant }) => study === 'mscan' && variant === 'mscan')!;
    const losses = [0.5, 0.4, null, 0.3];
    const cells = tunedCells([{ ...row, losses }], 2);
    expect(cells.map(({ variant, seed }) => [variant, seed])).toEqual([
      ['mscan~aliccp-3', 1],
      ['mscan~aliccp-3', 2],
    ]);
    const drawn = drawsOf('mscan', 4)[3]!;
    expect(plannedSetup(cells[0]!)).toMatchObject({ settings: drawn.settings, training: drawn.training });
    expect(drawSetup({ study: 'mscan', variant: 'mscan', world: 'aliccp-3' }, drawn)).toEqual({
      ...plannedSetup(cells[0]!),
      seed: TUNING_SEED,
    });
    const stored = storedVariantOf(cells[0]!);
    expect(stored.tuned).toEqual({ of: 'mscan', world: 'aliccp-3', seed: TUNING_SEED, losses, best: 3 });
    expect(stored.name).toBe('M-scan, tuned');
    // Where no draw is better than the row as it comes, it is the same run.
    const [same] = tunedCells([{ ...row, losses: [0.1, 0.2] }], 1);
    expect(plannedSetup(same!)).toEqual(
      plannedSetup({ study: 'mscan', variant: 'mscan', world: 'aliccp-3', seed: 1 }),
    );
  });
});

describe('a study that is put together', () => {
  const cell = (more: Partial<PlannedCell>): PlannedCell => ({
    study: 'mscan',
    world: 'places-4',
    base: 'places-4',
    knob: 'directEffect',
    dose: 0.75,
    variant: 'mix',
    seed: 1,
    ...more,
  });
  const figure = { overall: 0.6, mean: 0.6, scenarios: [0.6, 0.6] };
  const trained: TrainedCell = {
    fingerprint: 'f',
    figures: { noiseFreeAuc: figure, interestAucFixedSlot: { ...figure, overall: 0.65 } },
    ceilings: { scenarios: [0.7, 0.8], overall: 0.75, domain: 0.1 },
    bestStep: 3,
    steps: 5,
    seconds: 2,
    parameters: 9,
  };
  const scenario = { group: null, clickRate: 0.1 };
  const datasets = new Map([
    [
      'places-4',
      {
        title: 'Places (simulated)',
        fingerprint: 'f',
        scenarios: [
          { ...scenario, id: 'a', name: 'A', share: 0.75 },
          { ...scenario, id: 'b', name: 'B', share: 0.25 },
        ],
      },
    ],
  ]);
  const made = { date: 'today', backend: 'wasm', threads: Number('1'), version: '0' } as const;
  const assemble = (cells: readonly PlannedCell[], one = trained) =>
    assembleStudy(
      'mscan',
      cells.map((planned) => ({ cell: planned, trained: one })),
      datasets,
      made,
    );

  it('is one that can be read, with worlds, variants and cells once each', () => {
    const study = assemble([cell({}), cell({ seed: 2 }), cell({})]);
    expect(parseStudy(JSON.stringify(study))).toEqual(study);
    expect(study.cells.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(study.worlds[0]?.ceilings.mean).toBeCloseTo(0.75 * 0.7 + 0.25 * 0.8, 12);
    expect(study.title).toBe(studyTitle('mscan'));
    expect(studyTitle('ranks')).toBe('All models in all cause worlds and shipped twins');
  });

  it('gives do(slot) the one figure that it has, from the runs of Mix', () => {
    const study = assemble([cell({}), cell({ variant: 'mix:do-slot' })]);
    expect(study.cells[1]?.figures).toEqual({ interestAuc: { ...figure, overall: 0.65 } });
    expect(study.variants[1]?.scored).toBe('do(slot)');
    const without = { ...trained, figures: { noiseFreeAuc: figure } };
    expect(assemble([cell({ variant: 'mix:do-slot' })], without).cells).toEqual([]);
  });

  it('keeps a tuned row beside the same row as it comes', () => {
    const tuned = { of: 'mix', losses: [0.5, 0.4] };
    const study = assemble([cell({}), cell({ variant: 'mix~places-4', tuned })]);
    expect(parseStudy(studyText(study))).toEqual(study);
    expect(study.cells.map(({ variant }) => variant)).toEqual(['mix', 'mix~places-4']);
    expect([...tunedIn(study, 'places-4').keys()]).toEqual(['mix']);
    expect(tunedIn(study, 'elsewhere').size).toBe(0);
  });

  it('leaves out cells of another world’s content', () => {
    expect(assemble([cell({})], { ...trained, fingerprint: 'g' }).cells).toEqual([]);
    expect(assemble([cell({ world: 'elsewhere' })]).cells).toEqual([]);
  });
});
