/** How many programs a training step submits on WebGPU: each costs the calling thread about as much as a small product. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { measure } from '../bench/measure';
import { findModel, models } from '../src/models/registry';
import { openCountingGpu } from './support/countingGpu';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

const LIMIT = 250;

it.each(models.map(({ id }) => id))(
  '%s: a step of its browser preset is at most 250 dispatches',
  async (id) => {
    const definition = findModel(id);
    const settings = definition.presets.browser;
    const { dispatchesPerStep } = await measure(definition, { batch: 64, steps: 1, settings });
    expect(dispatchesPerStep).toBeGreaterThan(20);
    expect(dispatchesPerStep).toBeLessThanOrEqual(LIMIT);
  },
);

it('mmoe with 4 experts [256, 128] and 3 towers [64]: at most 100', async () => {
  const settings = { numExperts: 4, expertHidden: [256, 128], towerHidden: [64] };
  const { dispatchesPerStep } = await measure(findModel('mmoe'), { batch: 1024, steps: 1, settings });
  expect(dispatchesPerStep).toBeGreaterThan(20);
  expect(dispatchesPerStep).toBeLessThanOrEqual(100);
});
