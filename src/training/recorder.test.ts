import { describe, expect, it } from 'vitest';
import { createRecorder } from './recorder';
import { defaultSetup } from './setup';
import type { TrainingEvent } from './events';
import type { Metrics } from './metrics';

const metrics: Metrics = {
  scenarios: [],
  overall: {
    rows: 0,
    positives: 0,
    auc: null,
    noiseFreeAuc: null,
    interestAuc: null,
    logLoss: null,
    calibration: null,
  },
  domainAuc: null,
  domainNoiseFreeAuc: null,
  major5Auc: null,
  minor10Auc: null,
  minor5Auc: null,
};

const timings = { firstStep: 5, training: 100, evaluation: 10, step: 2 };

const evaluation = (step: number, size = 2): TrainingEvent => ({
  kind: 'evaluation',
  step,
  split: 'validation',
  metrics,
  probes: [{ name: 'gates', shape: [size], values: new Float32Array(size), defined: new Uint8Array(size) }],
});

const recorder = (from: Parameters<typeof createRecorder>[0]['from'] = null) =>
  createRecorder({ id: 'r', name: 'R', createdAt: 'now', setup: defaultSetup(), versions: {}, from });

describe('a run’s record', () => {
  it('keeps every evaluation, and probes at first, last and evenly spread steps', () => {
    const made = recorder();
    for (let step = 1; step <= 1000; step++) made.take(evaluation(step));
    const { history, probes } = made.record('done', null, timings);
    expect(history).toHaveLength(1000);
    expect(probes.length).toBeLessThanOrEqual(64);
    expect(probes.length).toBeGreaterThan(20);
    expect(probes[0]!.step).toBe(1);
    expect(probes.at(-1)!.step).toBe(1000);
  });

  it('keeps fewer steps of large probes', () => {
    const made = recorder();
    for (let step = 1; step <= 30; step++) made.take(evaluation(step, 1_000_000));
    const { probes } = made.record('done', null, timings);
    const bytes = probes.reduce((sum, kept) => sum + kept.probes[0]!.values.byteLength, 0);
    expect(bytes).toBeLessThanOrEqual(48_000_000);
    expect(probes.at(-1)!.step).toBe(30);
  });

  it('puts a procedure’s probe beside those of the same step', () => {
    const made = recorder();
    made.take(evaluation(10));
    made.take({
      kind: 'procedure-probe',
      step: 10,
      probe: { name: 'scores', shape: [1], values: Float32Array.of(1), defined: Uint8Array.of(1) },
    });
    const { probes } = made.record('running', null, timings);
    expect(probes).toHaveLength(1);
    expect(probes[0]!.probes.map(({ name }) => name)).toEqual(['gates', 'scores']);
  });

  it('goes on from an earlier record and adds up its times', () => {
    const first = recorder();
    first.take(evaluation(10));
    first.take({ kind: 'loss', step: 10, terms: { total: 1 } });
    const before = first.record('paused', null, timings);
    const second = recorder(before);
    second.take(evaluation(20));
    const after = second.record('done', null, timings);
    expect(after.history.map(({ step }) => step)).toEqual([10, 20]);
    expect(after.losses).toHaveLength(1);
    expect(after.timings).toEqual({ firstStep: 5, training: 200, evaluation: 20, step: 2 });
    expect(before.history).toHaveLength(1);
  });
});
