/** Studies that stand in for stored ones: figures made up here, but for a cell that the command line really trained. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';

interface Claim {
  readonly id: string;
  readonly world: string;
  readonly test: {
    readonly metric: string;
    readonly of: string;
    readonly variant: string;
    readonly against: string;
  };
}

interface MetricsOfRun {
  readonly auc: number | null;
  readonly noiseFreeAuc: number | null;
  readonly interestAuc: number | null;
  readonly logLoss: number | null;
}

/** What specs read of a run that the command line trained. */
export interface TrainedRun {
  readonly setup: {
    readonly model: string;
    readonly settings: object;
    readonly training: object;
    readonly dataset: string;
    readonly seed: number;
  };
  readonly datasetTitle: string;
  readonly datasetFingerprint: string;
  readonly scenarios: readonly { readonly id: string; readonly name: string; readonly share: number }[];
  /** Figures against the truth, by name. */
  readonly truth: Readonly<Record<string, object>>;
  readonly final: { readonly overall: MetricsOfRun; readonly scenarios: readonly MetricsOfRun[] };
  readonly backend: { readonly threads: number };
  readonly versions: { readonly scenarium: string; readonly tfjs: string };
  readonly bestStep: number;
  readonly step: number;
}

/** Trains without a page, as `npm run -s lab -- train` does, with the fused arithmetic of browsers and of `npm run study`. */
export async function trainedHeadless(flags: readonly string[]): Promise<TrainedRun> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      'tsx',
      '--import',
      './scripts/sameAsBrowser.ts',
      'scripts/lab.ts',
      'train',
      '--json',
      '--backend',
      'wasm',
      ...flags,
    ],
    { maxBuffer: 1e8 },
  );
  return JSON.parse(stdout) as TrainedRun;
}

export async function claimsOf(paper: string): Promise<readonly Claim[]> {
  const text = await readFile(`src/studies/claims/${paper}.json`, 'utf8');
  return (JSON.parse(text) as { claims: readonly Claim[] }).claims;
}

export const SEEDS = [1, 2, 3, 4, 5] as const;
export const DOSES = [0, 0.5, 1] as const;

/** A figure of every part of a run alike. */
const alike = (value: number, scenarios: number) => ({
  overall: value,
  mean: value,
  scenarios: Array.from({ length: scenarios }, () => value),
});

const made = { date: '2026-01-01T00:00:00Z', backend: 'wasm', threads: 1, version: '0.1.0' };

/** Some number in −0.5 … 0.5 that belongs to three others. */
const scatter = (a: number, b: number, c: number): number => {
  const x = Math.sin(12.9898 * a + 78.233 * b + 37.719 * c) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};

const world = (base: string, dose: number, scenarios: number) => ({
  id: dose === 0 ? base : `${base}-conformity${dose}`,
  title: `${base}, ${dose} (simulated)`,
  base,
  dose,
  knob: 'conformity',
  simulated: true,
  fingerprint: 'made up',
  scenarios: Array.from({ length: scenarios }, (_, s) => ({
    id: `s${s + 1}`,
    name: `Scenario ${s + 1}`,
    share: 1 / scenarios,
  })),
  ceilings: alike(0.8, scenarios),
});

/** A study in which every variant that some claims name differs by dose and seed; the same every time. */
export function madeUpStudy(id: string, bases: readonly string[], variants: readonly string[]) {
  const worlds = bases.flatMap((base) => DOSES.map((dose) => world(base, dose, 4)));
  const cells = worlds.flatMap((one, w) =>
    variants.flatMap((variant, v) =>
      SEEDS.map((seed) => {
        const auc = 0.72 + 0.02 * scatter(v, 0, 0) * one.dose + 0.004 * scatter(v, w, seed);
        return {
          world: one.id,
          variant,
          seed,
          figures: { noiseFreeAuc: alike(auc, 4), auc: alike(auc + 0.01 * scatter(v, w, 9), 4) },
          bestStep: 10,
          steps: 20,
          seconds: 2,
          parameters: 100,
        };
      }),
    ),
  );
  return {
    format: 'scenarium-study/1',
    id,
    title: 'Made up for a test (simulated)',
    made,
    worlds,
    variants: variants.map((variant) => ({
      id: variant,
      name: variant,
      model: variant.split(':')[0]!,
      preset: 'tiny',
      settings: {},
      training: {},
    })),
    cells,
  };
}

/** By traffic. */
function meanOf(values: readonly (number | null)[], shares: readonly number[]): number {
  let [sum, traffic] = [0, 0];
  for (const [s, value] of values.entries()) {
    sum += shares[s]! * value!;
    traffic += shares[s]!;
  }
  return sum / traffic;
}

/**
 * A study whose first cell is a run's own figures, whose second is the same run scored on one place, and whose third, of the next
 * seed, has the figures of the first: which no run of that seed comes to.
 */
export function studyOfRun(id: string, run: TrainedRun, variants: readonly [string, string]) {
  const shares = run.scenarios.map(({ share }) => share);
  const metrics = ['auc', 'noiseFreeAuc', 'interestAuc', 'logLoss'] as const;
  const figures = {
    ...Object.fromEntries(
      metrics.map((metric) => {
        const scenarios = run.final.scenarios.map((one) => one[metric]);
        return [metric, { overall: run.final.overall[metric], mean: meanOf(scenarios, shares), scenarios }];
      }),
    ),
    ...run.truth,
  };
  const onOnePlace = { interestAuc: run.truth['interestAucFixedSlot'] };
  const cell = (variant: string, seed: number, figures: object) => ({
    world: run.setup.dataset,
    variant,
    seed,
    figures,
    bestStep: run.bestStep,
    steps: run.step,
    seconds: 2,
    parameters: 100,
  });
  return {
    format: 'scenarium-study/1',
    id,
    title: 'One run of the command line (simulated)',
    made: { ...made, version: `scenarium ${run.versions.scenarium}, tfjs ${run.versions.tfjs}` },
    worlds: [
      {
        ...world(run.setup.dataset, 0, shares.length),
        fingerprint: run.datasetFingerprint,
        scenarios: run.scenarios.map(({ id: scenario, name, share }) => ({ id: scenario, name, share })),
      },
    ],
    variants: variants.map((variant) => ({
      id: variant,
      name: variant,
      model: run.setup.model,
      preset: 'tiny',
      settings: run.setup.settings,
      training: run.setup.training,
      ...(variant === variants[1] && { scored: 'do(slot)' }),
    })),
    cells: [
      cell(variants[0], run.setup.seed, figures),
      cell(variants[1], run.setup.seed, onOnePlace),
      cell(variants[0], run.setup.seed + 1, figures),
    ],
  };
}

/** Lets the page find these studies and no others. */
export async function storeStudies(page: Page, studies: readonly { readonly id: string }[]): Promise<void> {
  const index = {
    format: 'scenarium-studies/1',
    studies: studies.map((study) => ({
      id: study.id,
      title: study.id,
      file: `${study.id}.json`,
      bytes: 1,
      cells: 1,
    })),
  };
  await page.route('**/studies/*.json', (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)!.replace('.json', '');
    return route.fulfill({ json: name === 'index' ? index : studies.find(({ id }) => id === name) });
  });
}
