/**
 * Bytes on the GPU over a thousand steps of every model, trained its own way. The device computes nothing, but buffers are
 * asked for, reused and given back by the same code and at the same moments as on a real one.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { BackendInfo } from '../src/engine';
import { models } from '../src/models/registry';
import { openCountingGpu } from './support/countingGpu';
import { longRun } from './support/longRun';

const STEPS = 1000;
const WARM = 200;
/** Seconds on a quiet machine; a busy one must not turn it into a failure. */
const PATIENCE = 240_000;
const backend: BackendInfo = {
  name: 'webgpu',
  adapter: 'counts programs',
  software: true,
  threads: 1,
  simd: false,
  reason: 'as asked',
};

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

it.each(models.map(({ id }) => id))(
  `%s allocates no more on the GPU after ${STEPS} steps than after ${WARM}`,
  async (model) => {
    const { before, readings, after, steps, own } = await longRun(model, backend, STEPS, 100);
    expect(steps).toBe(STEPS);
    if (own) expect(own.seen, own.kind).toBeGreaterThanOrEqual(own.least);
    const [warm, ...later] = readings.filter(({ step }) => step >= WARM);
    expect(warm!.gpuBytes).toBeGreaterThan(0);
    expect(later.at(-1)?.step).toBe(STEPS);
    for (const now of later) expect(now).toEqual({ ...warm!, step: now.step });
    expect(after.tensors).toBe(before.tensors);
  },
  PATIENCE,
);
