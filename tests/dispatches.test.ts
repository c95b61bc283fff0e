/** How many programs a training step submits on WebGPU: each costs the calling thread about as much as a small product. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { measure } from '../bench/measure';
import { findModel } from '../src/models/registry';
import { trainingFields } from '../src/training/settings';
import { chosenModels } from './support/chosenModels';
import { openCountingGpu } from './support/countingGpu';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

const LIMIT = 100;
/** Rows of a batch unless a person says otherwise: what is cheap to compute twice for few rows gets programs of its own for many. */
const BATCH = trainingFields.batch.default;

/** What docs/bench.md prints under "WebGPU", by model. */
const page = readFileSync(new URL('../docs/bench.md', import.meta.url), 'utf8').split('## WebGPU')[1] ?? '';
const printed = (model: string): number =>
  Number(page.match(RegExp(`^\\| ${model} +\\| (\\d+) +\\|$`, 'm'))?.[1]);

it.each(chosenModels().map(({ id }) => id))(
  '%s: a step of its browser preset is at most 100 dispatches, as many as docs/bench.md prints',
  async (id) => {
    const definition = findModel(id);
    const settings = definition.presets.browser;
    const { dispatchesPerStep } = await measure(definition, { batch: BATCH, steps: 1, settings });
    // LR, the smallest, needs 7.
    expect(dispatchesPerStep).toBeGreaterThan(5);
    expect(dispatchesPerStep).toBeLessThanOrEqual(LIMIT);
    expect(dispatchesPerStep).toBe(printed(id));
  },
);

it('mmoe with 4 experts [256, 128] and 3 towers [64]: as many as docs/bench.md prints', async () => {
  const settings = { numExperts: 4, expertHidden: [256, 128], towerHidden: [64] };
  const { dispatchesPerStep } = await measure(findModel('mmoe'), { batch: BATCH, steps: 1, settings });
  expect(dispatchesPerStep).toBeGreaterThan(10);
  expect(dispatchesPerStep).toBeLessThanOrEqual(LIMIT);
  expect(dispatchesPerStep).toBe(printed('mmoe-large'));
});

it.each(['fm', 'mix', 'mmoe'])('%s that reads histories by attention keeps below the limit', async (id) => {
  const definition = findModel(id);
  const settings = { ...definition.presets.browser, history: 'attention' };
  const { dispatchesPerStep } = await measure(definition, { batch: BATCH, steps: 1, settings });
  expect(dispatchesPerStep).toBeGreaterThan(10);
  expect(dispatchesPerStep).toBeLessThanOrEqual(LIMIT);
});
