/** How many programs a training step submits on WebGPU: each costs the calling thread about as much as a small product. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { benchModel } from '../bench/benchModel';
import { countDispatches } from '../bench/measure';
import { findModel } from '../src/models/registry';
import { defaultSettings, type AnySettings } from '../src/models/settings';
import { trainingFields } from '../src/training/settings';
import { chosenModels } from './support/chosenModels';
import { openCountingGpu } from './support/countingGpu';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

const LIMIT = 100;
/** Rows of a batch unless a person says otherwise, and the least and the most that a person may say: what is cheap to compute twice for few rows gets programs of its own for many. */
const { default: BATCH, min: LEAST, max: MOST } = trainingFields.batch;

/** What docs/bench.md prints under "WebGPU", by model. */
const page = readFileSync(new URL('../docs/bench.md', import.meta.url), 'utf8').split('## WebGPU')[1] ?? '';
const printed = (model: string): number =>
  Number(page.match(RegExp(`^\\| ${model} +\\| (\\d+) +\\|$`, 'm'))?.[1]);

interface Sizes {
  readonly batch: number;
  readonly scenarios?: number;
}

/** Programs of the second step: the first makes what lasts, too. */
function dispatchesOf(id: string, given: AnySettings, { batch, scenarios = 3 }: Sizes): number {
  const definition = findModel(id);
  const settings = { ...defaultSettings(definition.fields), ...given };
  const model = benchModel(definition, { batch, scenarios, settings, seed: 1, learningRate: 1e-3 });
  try {
    const rows = model.batch(0);
    model.step(rows, 0);
    return countDispatches(() => model.step(rows, 1));
  } finally {
    model.dispose();
  }
}

const ids = chosenModels().map(({ id }) => id);

it.each(ids)(
  '%s: a step of its browser preset is at most 100 dispatches, as many as docs/bench.md prints',
  (id) => {
    const found = dispatchesOf(id, findModel(id).presets.browser, { batch: BATCH });
    // LR, the smallest, needs 7.
    expect(found).toBeGreaterThan(5);
    expect(found).toBeLessThanOrEqual(LIMIT);
    expect(found).toBe(printed(id));
  },
);

it.each(ids)('%s: at most 100 at the sizes of its paper, with the fewest rows and the most', (id) => {
  const { paper } = findModel(id).presets;
  const found = [LEAST, MOST].map((batch) => dispatchesOf(id, paper, { batch }));
  expect(Math.min(...found)).toBeGreaterThan(5);
  expect(Math.max(...found)).toBeLessThanOrEqual(LIMIT);
});

// Those that come closest to the limit.
it.each(['sarnet', 'aread', 'causalint'])(
  '%s: at most 100 with 355 scenarios, from few rows to the most',
  (id) => {
    const { browser } = findModel(id).presets;
    const found = [64, BATCH, MOST].map((batch) => dispatchesOf(id, browser, { batch, scenarios: 355 }));
    expect(Math.min(...found)).toBeGreaterThan(50);
    expect(Math.max(...found)).toBeLessThanOrEqual(LIMIT);
  },
);

it('causalint: at most 100 where every expert of 25 scenarios is asked', () => {
  const { browser } = findModel('causalint').presets;
  const found = [64, BATCH, MOST].map((batch) =>
    dispatchesOf('causalint', browser, { batch, scenarios: 25 }),
  );
  expect(Math.min(...found)).toBeGreaterThan(50);
  expect(Math.max(...found)).toBeLessThanOrEqual(LIMIT);
});

it('mmoe with 4 experts [256, 128] and 3 towers [64]: as many as docs/bench.md prints', () => {
  const settings = { numExperts: 4, expertHidden: [256, 128], towerHidden: [64] };
  const found = dispatchesOf('mmoe', settings, { batch: BATCH });
  expect(found).toBeGreaterThan(10);
  expect(found).toBeLessThanOrEqual(LIMIT);
  expect(found).toBe(printed('mmoe-large'));
});

it.each(['fm', 'mix', 'mmoe'])('%s that reads histories by attention keeps below the limit', (id) => {
  const settings = { ...findModel(id).presets.browser, history: 'attention' };
  const found = dispatchesOf(id, settings, { batch: BATCH });
  expect(found).toBeGreaterThan(10);
  expect(found).toBeLessThanOrEqual(LIMIT);
});
