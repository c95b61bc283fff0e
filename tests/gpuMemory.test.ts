/**
 * Bytes on the GPU over a long run of models that stand for all, each trained its own way (`runLengths` says how long). The device computes nothing, but buffers are
 * asked for, reused and given back by the same code and at the same moments as on a real one.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { BackendInfo } from '../src/engine';
import { runLengths } from './support/chosenModels';
import { openCountingGpu } from './support/countingGpu';
import { longRun } from './support/longRun';

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

for (const [model, { steps: total, every, warm: from }] of runLengths())
  it(`${model} allocates no more on the GPU after ${total} steps than after ${from}`, async () => {
    const { before, readings, after, steps, own } = await longRun(model, backend, total, every);
    expect(steps).toBe(total);
    if (own) expect(own.seen, own.kind).toBeGreaterThanOrEqual(own.least);
    const [warm, ...later] = readings.filter(({ step }) => step >= from);
    expect(warm!.gpuBytes).toBeGreaterThan(0);
    expect(later.at(-1)?.step).toBe(total);
    for (const now of later) expect(now).toEqual({ ...warm!, step: now.step });
    expect(after.tensors).toBe(before.tensors);
  });
