/**
 * Pilots that size the cause worlds: plain models only, two seeds, nothing registered. Prints what must hold of each world before a study
 * is run in it, and what was measured.
 *
 *   npx tsx scripts/calibrate.ts [--world conflict-4] [--write]     --write puts the table into docs/data.md
 */
import { readFile, writeFile } from 'node:fs/promises';
import { simulate } from '../src/data';
import type { Dataset } from '../src/data/dataset';
import { worldOf } from '../src/data/simulate/settings';
import { makeWorld } from '../src/data/simulate/world';
import { openBackend } from '../src/engine';
import { worldSettings, worldTraining } from '../src/studies/budget';
import { weightedMean } from '../src/training/metrics';
import { parseSetup } from '../src/training/parseSetup';
import { createRun } from '../src/training/run';
import { setupFromParams } from '../src/training/setup';
import { evaluationSample } from '../src/training/sampling';
import { simulationOfId } from '../src/training/simulatedId';
import { aucFigure } from '../src/training/truth/figures';
import { truthFigures } from '../src/training/truth/truthFigures';
import { expectKnown, listed, parseCommandLine } from './commandLine.mjs';

const SEEDS = [1, 2];
/** Domains below 1 % of traffic. */
const MINOR = 0.01;

interface Pilot {
  readonly dataset: string;
  readonly model: string;
  /** Training rows, as a multiple of the world's. */
  readonly rows?: number;
}

/** Means over seeds and scenarios. */
interface Outcome {
  readonly auc: number;
  readonly ceiling: number;
  readonly interest: number;
  readonly onOneSlot: number;
  readonly organic: number;
  readonly minor: number;
  /** Of minor domains, less their ceilings: what is missing. */
  readonly minorGap: number;
}

interface Check {
  readonly world: string;
  readonly mustHold: string;
  /** What was found, in words, and whether it is what must hold. */
  readonly find: (of: (pilot: Pilot) => Promise<Outcome>) => Promise<readonly [string, boolean]>;
}

const number = (value: number): string => (value < 0 ? '−' : '') + Math.abs(value).toFixed(4);
const signed = (value: number): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(4);
const wayOf = ({ auc, ceiling }: Outcome): number => (auc - 0.5) / (ceiling - 0.5);

const reachesCeiling = (world: string, dataset: string, model: string): Check => ({
  world,
  mustHold: `${model} comes within 15 % of the ceiling’s headroom (${dataset})`,
  find: async (of) => {
    const plain = await of({ dataset, model });
    const way = `${(100 * wayOf(plain)).toFixed(1)} %`;
    return [`${number(plain.auc)} of ${number(plain.ceiling)}: ${way} of the way`, wayOf(plain) >= 0.85];
  },
});

const rowsSuffice = (world: string, dataset: string, model: string): Check => ({
  world,
  mustHold: `four times the rows bring ${model} less than 0.01 at this budget (${dataset})`,
  find: async (of) => {
    // Other rows are judged than before: the ceilings' difference is none of the model's.
    const [once, four] = [await of({ dataset, model }), await of({ dataset, model, rows: 4 })];
    const gain = four.auc - four.ceiling - (once.auc - once.ceiling);
    return [signed(gain), gain < 0.01];
  },
});

const compare = (
  world: string,
  mustHold: string,
  first: Pilot,
  second: Pilot,
  figure: Exclude<keyof Outcome, 'ceiling'>,
  other: Exclude<keyof Outcome, 'ceiling'> = figure,
): Check => ({
  world,
  mustHold,
  find: async (of) => {
    const [a, b] = [(await of(first))[figure], (await of(second))[other]];
    return [`${number(a)} against ${number(b)}: ${signed(a - b)}`, a > b];
  },
});

const dosed = (world: string, knob: string, value: number) => `${world}-${knob}${value}`;
const CONFLICT_FREE = dosed('conflict-4', 'conflict', 0);
const TREELESS = dosed('dozens-48', 'treeShare', 0);

const checks: readonly Check[] = [
  reachesCeiling('promotion-6', dosed('promotion-6', 'intervention', 0), 'mix'),
  rowsSuffice('promotion-6', 'promotion-6', 'mix'),
  compare(
    'promotion-6',
    'promotion confounds: on the same exposures Mix ranks organic rows better without the lift',
    { dataset: dosed('promotion-6', 'promotionLift', 0), model: 'mix' },
    { dataset: 'promotion-6', model: 'mix' },
    'organic',
  ),
  reachesCeiling('conflict-4', CONFLICT_FREE, 'mix'),
  rowsSuffice('conflict-4', CONFLICT_FREE, 'mix'),
  compare(
    'conflict-4',
    'at 0.75 Single beats Shared Bottom',
    { dataset: 'conflict-4', model: 'single' },
    { dataset: 'conflict-4', model: 'shared-bottom' },
    'auc',
  ),
  compare(
    'conflict-4',
    'at 0 Shared Bottom beats Single',
    { dataset: CONFLICT_FREE, model: 'shared-bottom' },
    { dataset: CONFLICT_FREE, model: 'single' },
    'auc',
  ),
  reachesCeiling('specifics-4', 'specifics-4', 'mix'),
  rowsSuffice('specifics-4', 'specifics-4', 'mix'),
  {
    world: 'specifics-4',
    mustHold:
      'a field of one scenario matters: the best score that is blind to those fields is 0.01 below the ceiling',
    find: async () => {
      const told = await datasetOf({ dataset: 'specifics-4', model: '' });
      // The same rows, drawn alike, in the world where those fields count nothing.
      const blind = await datasetOf({ dataset: dosed('specifics-4', 'specificFields', 0), model: '' });
      const { rows, weight } = evaluationSample(told, 'test', Infinity);
      const at = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
      const judged = {
        scenarios: told.scenarios.length,
        scenario: at(told.scenario),
        weight,
        share: at(told.truth!.probability),
      };
      const best = aucFigure(judged.share, judged).mean ?? NaN;
      const without = aucFigure(at(blind.truth!.probability), judged).mean ?? NaN;
      return [`${number(without)} against ${number(best)}: ${signed(without - best)}`, best - without > 0.01];
    },
  },
  reachesCeiling('places-4', 'places-4', 'mix'),
  rowsSuffice('places-4', 'places-4', 'mix'),
  compare(
    'places-4',
    'at 0.75 the place misleads: Mix ranks interest better with every row on one place',
    { dataset: 'places-4', model: 'mix' },
    { dataset: 'places-4', model: 'mix' },
    'onOneSlot',
    'interest',
  ),
  reachesCeiling('dozens-48', 'dozens-48', 'mmoe'),
  rowsSuffice('dozens-48', 'dozens-48', 'mmoe'),
  compare(
    'dozens-48',
    'minor domains gain from the others: MMoE beats Single over them',
    { dataset: 'dozens-48', model: 'mmoe' },
    { dataset: 'dozens-48', model: 'single' },
    'minor',
  ),
  compare(
    'dozens-48',
    'and from relatives: over them MMoE is less below the ceiling at 0.9 than at 0',
    { dataset: 'dozens-48', model: 'mmoe' },
    { dataset: TREELESS, model: 'mmoe' },
    'minorGap',
  ),
];

async function datasetOf({ dataset, rows = 1 }: Pilot): Promise<Dataset> {
  const request = simulationOfId(dataset);
  if (!request) throw new Error(`There is no simulation "${dataset}".`);
  const { twin, size, seed, knobs } = worldOf(request);
  const grown = { ...size, trainRows: size.trainRows * rows };
  const sizes = { ...twin.sizes, [request.size]: grown };
  return simulate(request, {}, makeWorld({ ...twin, sizes }, grown, seed, knobs));
}

async function train(pilot: Pilot, dataset: Dataset): Promise<Outcome> {
  const backend = await openBackend('wasm', { threads: 1 });
  const outcomes: Outcome[] = [];
  for (const seed of SEEDS) {
    const params = new URLSearchParams({ model: pilot.model, preset: 'comparable', dataset: pilot.dataset });
    for (const [name, value] of Object.entries({ seed, backend: 'wasm', ...worldTraining }))
      params.set(name, `${value}`);
    for (const [name, value] of Object.entries(worldSettings(pilot.model)))
      params.set(name, Array.isArray(value) ? value.join(',') : String(value));
    const { setup, problems } = setupFromParams(params);
    if (problems[0]) throw new Error(problems[0]);
    const run = createRun({ id: 'pilot', setup: parseSetup(setup), dataset, backend });
    for await (const event of run.events) {
      if (event.kind !== 'done') continue;
      const truth = await truthFigures(run.trainer);
      const aucs = event.final.scenarios.map((scenario) => scenario.noiseFreeAuc);
      const small = dataset.scenarios.map(({ share }) => (share < MINOR ? 1 : 0));
      outcomes.push({
        auc: event.final.domainNoiseFreeAuc ?? NaN,
        ceiling: event.ceilings?.domain ?? NaN,
        interest: truth.interestAuc?.mean ?? NaN,
        onOneSlot: truth.interestAucFixedSlot?.mean ?? NaN,
        organic: truth.organicAuc?.mean ?? NaN,
        minor: weightedMean(aucs, small) ?? NaN,
        minorGap:
          (weightedMean(aucs, small) ?? NaN) - (weightedMean(event.ceilings?.scenarios ?? [], small) ?? NaN),
      });
    }
    run.dispose();
  }
  const mean = (figure: keyof Outcome) =>
    outcomes.reduce((sum, outcome) => sum + outcome[figure], 0) / outcomes.length;
  return {
    auc: mean('auc'),
    ceiling: mean('ceiling'),
    interest: mean('interest'),
    onOneSlot: mean('onOneSlot'),
    organic: mean('organic'),
    minor: mean('minor'),
    minorGap: mean('minorGap'),
  };
}

const { values: asked } = parseCommandLine({
  options: { world: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const calibrated = [...new Set(checks.map(({ world }) => world))];
const only = listed('--world', asked.world) ?? calibrated;
expectKnown('world', only, calibrated);
const known = new Map<string, Outcome>();
async function outcomeOf(pilot: Pilot): Promise<Outcome> {
  const key = JSON.stringify(pilot);
  const outcome = known.get(key) ?? (await train(pilot, await datasetOf(pilot)));
  known.set(key, outcome);
  return outcome;
}

const lines = ['| world | must hold | found (means over two seeds) | holds |', '| --- | --- | --- | --- |'];
for (const { world, mustHold, find } of checks.filter((check) => only.includes(check.world))) {
  const [found, holds] = await find(outcomeOf);
  lines.push(`| ${world} | ${mustHold} | ${found} | ${holds ? 'yes' : '**no**'} |`);
  process.stderr.write(`${lines.at(-1)}\n`);
}
const table = lines.join('\n');
process.stdout.write(`${table}\n`);
if (asked.write) {
  const page = new URL('../docs/data.md', import.meta.url);
  const text = await readFile(page, 'utf8');
  await writeFile(page, text.replace(/(<!-- pilots -->\n)[^]*(\n<!-- \/pilots -->)/, `$1\n${table}\n$2`));
}
process.exit(0); // WASM threads would keep the process open
