import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventStreams } from '../../tests/support/eventStream';
import { addTimings, noTimings, recordOfRun, stateOfRecord } from './recordRun';
import { emptyRunState, reduceRun } from './reduceRun';
import { defaultSetup } from './setup';
import type { TrainingEvent } from './events';
import type { Metrics, ScenarioMetrics } from './metrics/types';
import type { RunState } from './reduceRun';
import type { RunRecord } from './runRecord';

const overall: ScenarioMetrics = {
  rows: 0,
  positives: 0,
  auc: null,
  noiseFreeAuc: null,
  interestAuc: null,
  logLoss: null,
  calibration: null,
};

const metricsOf = (domainAuc: number | null): Metrics => ({
  scenarios: [],
  overall,
  domainAuc,
  domainNoiseFreeAuc: null,
  major5Auc: null,
  minor10Auc: null,
  minor5Auc: null,
});

const evaluation = (step: number, size = 2, auc: number | null = null): TrainingEvent => ({
  kind: 'evaluation',
  step,
  split: 'validation',
  metrics: metricsOf(auc),
  probes: [{ name: 'gates', shape: [size], values: new Float32Array(size), defined: new Uint8Array(size) }],
});

const reduced = (events: readonly TrainingEvent[], from: RunState = emptyRunState): RunState =>
  events.reduce(reduceRun, from);

function recordOf(state: RunState): RunRecord {
  return recordOfRun(state, {
    id: 'r',
    name: 'R',
    createdAt: 'now',
    setup: defaultSetup(),
    versions: {},
    status: 'running',
    failure: null,
    timings: noTimings,
  });
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k + 1);

describe('the state of a run', () => {
  it('bounds evaluations, losses and probes; the first and the newest are always there', () => {
    const state = reduced(
      range(2000).flatMap((step) => [evaluation(step), { kind: 'loss', step, terms: { total: 1 } } as const]),
    );
    for (const points of [
      state.evaluations.points,
      state.losses.points,
      state.frames.get('gates')?.points ?? [],
    ]) {
      expect(points.length).toBeLessThanOrEqual(300);
      expect(points.length).toBeGreaterThan(30);
      expect(points[0]?.step).toBe(1);
      expect(points.at(-1)?.step).toBe(2000);
    }
  });

  it('keeps fewer frames of large matrices', () => {
    const state = reduced(range(100).map((step) => evaluation(step, 355 * 355)));
    const frames = state.frames.get('gates')?.points ?? [];
    expect(frames.length * 355 * 355).toBeLessThanOrEqual(2_000_000);
    expect(frames.at(-1)?.step).toBe(100);
  });

  it('keeps a probe that comes seldom however many come often', () => {
    const state = reduced(
      range(1000).flatMap((step) =>
        step % 100 === 1
          ? [
              evaluation(step),
              {
                kind: 'procedure-probe',
                step,
                probe: {
                  name: 'scores',
                  shape: [1],
                  values: Float32Array.of(step),
                  defined: Uint8Array.of(1),
                },
              } as const,
            ]
          : [evaluation(step)],
      ),
    );
    expect(state.frames.get('scores')?.points.map(({ step }) => step)).toEqual(
      range(10).map((k) => k * 100 - 99),
    );
  });

  it('takes a second value of the same step in place of the first', () => {
    const frames = reduced([evaluation(5, 2), evaluation(5, 3)]).frames.get('gates');
    expect(frames?.points.map(({ value }) => value.values.length)).toEqual([3]);
  });

  it('has test ceilings beside test metrics once the run is done', () => {
    const test = { scenarios: [], overall: 0.9, domain: 0.8 };
    const state = reduced([
      evaluation(1),
      { kind: 'done', step: 1, reason: 'steps', bestStep: 1, final: metricsOf(0.7), ceilings: test },
    ]);
    expect(state.ceilings).toBe(test);
    expect(stateOfRecord(recordOf(state)).ceilings).toEqual(test);
  });

  it('remembers the range of points that went, also after a reload', () => {
    const auc = (step: number) => (step === 2 ? 0.99 : 0.6);
    const state = reduced(range(1000).map((step) => evaluation(step, 1, auc(step))));
    expect(state.evaluations.points.some(({ metrics }) => metrics.domainAuc === 0.99)).toBe(false);
    expect(state.ranges.drawn).toEqual({ min: 0.6, max: 0.99 });
    expect(stateOfRecord(recordOf(state)).ranges.drawn).toEqual({ min: 0.6, max: 0.99 });
  });

  it('leaves a loss that is no number undefined', () => {
    const state = reduced([{ kind: 'loss', step: 1, terms: { total: Number.NaN, click: 1 } }]);
    expect(state.losses.points).toEqual([{ step: 1, terms: { click: 1 } }]);
    expect(state.ranges.losses).toEqual({ click: { min: 1, max: 1 } });
  });

  it('goes on from a record as if it had never stopped', () => {
    fc.assert(
      fc.property(eventStreams, fc.nat(), (events, cut) => {
        const at = cut % (events.length + 1);
        const before = stateOfRecord(structuredClone(recordOf(reduced(events.slice(0, at)))));
        const through = recordOf(reduced(events.slice(at), before));
        expect(through).toEqual(recordOf(reduced(events)));
      }),
      { numRuns: 60 },
    );
  });

  it('is a snapshot: later events leave it as it was', () => {
    fc.assert(
      fc.property(eventStreams, fc.nat(), (events, cut) => {
        const at = cut % (events.length + 1);
        const state = reduced(events.slice(0, at));
        const copy = structuredClone(recordOf(state));
        reduced(events.slice(at), state);
        expect(recordOf(state)).toEqual(copy);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a record of an earlier version', () => {
  it('with a long history is thinned when it is opened', () => {
    const { thinning: _, ...old } = recordOf(emptyRunState);
    const history = range(1000).map((step) => ({ step, metrics: metricsOf(step / 1000) }));
    const losses = range(1000).map((step) => ({ step, terms: { total: step } }));
    const state = stateOfRecord({ ...old, history, losses });
    expect(state).toEqual({
      ...reduced(
        range(1000).flatMap((step) => [
          { ...evaluation(step, 1, step / 1000), probes: [] },
          { kind: 'loss', step, terms: { total: step } } as const,
        ]),
      ),
      datasetTitle: old.datasetTitle,
    });
  });
});

it('times of a run that was gone on with add up', () => {
  const timings = { firstStep: 5, training: 100, evaluation: 10, step: 2 };
  expect(addTimings(noTimings, timings)).toEqual(timings);
  expect(addTimings(timings, { ...timings, firstStep: 9, step: null })).toEqual({
    firstStep: 5,
    training: 200,
    evaluation: 20,
    step: 2,
  });
});

it('a phase says how far it is with numbers as all others are written', () => {
  const at = (done: number) =>
    reduceRun(emptyRunState, { kind: 'phase', step: 9, name: 'final metrics', done, total: 100_000 })
      .activity;
  expect(at(28_928)).toBe('Final metrics: 28\u202f928 of 100\u202f000');
  expect(at(100_000)).toBeNull();
});
