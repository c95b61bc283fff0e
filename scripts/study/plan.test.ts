import { expect, it } from 'vitest';
import { assembleStudy, type TrainedCell } from '../../src/studies/evidence/assemble';
import { models } from '../../src/models/registry';
import { plannedCells, type PlannedCell } from '../../src/studies/evidence/plans';
import { readFlags } from '../lab/usage';
import { differingMetrics } from './check';
import { expectedSeconds, inWorlds, runPlan } from './plan';
import { keptInStudy } from './stored';

it.each([
  ['--plan nothing', '--plan must be among doses, claims, tables, ranks, maps, not "nothing".'],
  ['--plan=', '--plan takes names with commas between, none of them empty, not "";'],
  ['--plan doses --paper=', '--paper takes names with commas between, none of them empty, not "";'],
  [
    '--plan doses --world places-4,',
    '--world takes names with commas between, none of them empty, not "places-4,";',
  ],
  ['--plan doses --worlds small,large', '--worlds must be small, medium or large, not "small,large".'],
  ['--plan doses --paper bert', '--paper must be among sarnet, causalint, optmsm, mscan, aread, not "bert".'],
  ['--plan doses --seeds 0', '--seeds must be a whole number of at least 1.'],
  ['--plan doses --jobs -1', '--jobs must be a whole number of at least 0.'],
  ['--plan doses --tune 8', '--tune goes with --plan tables and no other plan.'],
  [
    '--plan ranks --world aliccp',
    '--world must be among promotion-6, conflict-4, specifics-4, places-4, dozens-48, aliccp-3, travel-20, amazon-25, not "aliccp".',
  ],
  ['--plan tables --tune 8 --world aliccp-3', '--world goes without --tune'],
  ['--plan tables --tune 0', '--tune must be a whole number of at least 1.'],
  [
    '--plan doses --steps 3',
    'A plan knows no --steps; it takes --plan, --paper, --jobs, --seeds, --worlds, --world, --tune, --refill, --seeds-for.',
  ],
])('%s is refused in one sentence', async (words, sentence) => {
  await expect(runPlan(readFlags(words.split(' ')))).rejects.toThrow(sentence);
});

const cell: PlannedCell = {
  ...{ study: 'mscan', world: 'places-4', base: 'places-4', knob: 'directEffect', dose: 0.75 },
  ...{ variant: 'mix', seed: 1 },
};
it('one world of a plan is all its variants and seeds, and nothing else', () => {
  const ranks = plannedCells('ranks', { papers: [], seeds: 2, size: 'small' });
  const some = inWorlds(ranks, ['aliccp-3']);
  expect(some).toEqual(ranks.filter(({ world }) => world === 'aliccp-3'));
  expect(some).toHaveLength(2 * models.length);
  expect(inWorlds(ranks, null)).toEqual(ranks);
});

const figure = { overall: 0.6, mean: 0.6, scenarios: [0.6] };
const trained: TrainedCell = {
  fingerprint: 'f',
  figures: { noiseFreeAuc: figure },
  ceilings: { scenarios: [0.7], overall: 0.75, domain: 0.7 },
  ...{ bestStep: 3, steps: 5, seconds: 2, parameters: 9 },
};
const scenarios = [{ id: 'a', name: 'A', share: 1, group: null, clickRate: 0.1 }];
const made = { date: 'today', backend: 'wasm', threads: Number('1'), version: '0' } as const;
const study = assembleStudy(
  'mscan',
  [{ cell, trained }],
  new Map([['places-4', { title: 'Places (simulated)', fingerprint: 'f', scenarios }]]),
  made,
);

it('a stored cell need not be trained again, unless world, settings or seed are others', () => {
  expect(keptInStudy(study, cell, 'f')).toEqual(trained);
  expect(keptInStudy(study, cell, 'g')).toBeNull();
  expect(keptInStudy(study, { ...cell, seed: 2 }, 'f')).toBeNull();
  expect(keptInStudy(study, { ...cell, variant: 'single' }, 'f')).toBeNull();
  const turned = {
    ...study,
    variants: study.variants.map((one) => ({ ...one, training: { ...one.training, steps: 7 } })),
  };
  expect(keptInStudy(turned, cell, 'f')).toBeNull();
  // The same run with its rows scored otherwise.
  expect(keptInStudy(study, { ...cell, variant: 'mix:do-slot' }, 'f')).toEqual(trained);
  expect(keptInStudy(null, cell, 'f')).toBeNull();
});

it('a cell that is checked is held to every metric that it has and every bit', () => {
  const stored = { auc: figure, logLoss: figure };
  expect(differingMetrics(stored, { ...stored })).toEqual([]);
  const nudged = { ...figure, scenarios: [0.6 + 2 ** -52] };
  expect(differingMetrics(stored, { auc: nudged })).toEqual(['auc', 'logLoss']);
  // Runs have figures that cells from before them have not.
  expect(differingMetrics(stored, { ...stored, interestAuc: figure })).toEqual([]);
});

it('time is told from runs of the same variant, else from all; not at all before the first', () => {
  const before = new Map([
    ['mix', [1, 3]],
    ['lr', [8]],
  ]);
  expect(expectedSeconds([cell, cell], before)).toBe(4);
  expect(expectedSeconds([{ ...cell, variant: 'star' }], before)).toBe(4);
  expect(expectedSeconds([cell], new Map())).toBeNull();
  expect(expectedSeconds([], new Map())).toBe(0);
});
