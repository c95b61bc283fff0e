import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrainingEvent } from '../../training/events';
import type { Metrics } from '../../training/metrics/types';
import type { RunSetup } from '../../training/runRecord';
import type { RunId, SessionState, Tick } from '../../workers/protocol';
import { CurrentRun } from './currentRun';

const setup = {
  model: 'mmoe',
  settings: {},
  training: { steps: 100 },
  dataset: 'aliccp-3',
  seed: 1,
  backend: 'auto',
} as unknown as RunSetup;

function metrics(auc: number | null): Metrics {
  const one = {
    rows: 10,
    positives: 1,
    auc,
    noiseFreeAuc: auc,
    interestAuc: null,
    logLoss: 0.2,
    calibration: 1,
  };
  return {
    scenarios: [one, one],
    overall: one,
    domainAuc: auc,
    domainNoiseFreeAuc: auc,
    major5Auc: null,
    minor10Auc: null,
    minor5Auc: null,
  };
}

let sequence = 0;
function tick(step: number, events: readonly TrainingEvent[], state: SessionState = 'training'): Tick {
  const vitals = { step, steps: 100, samplesPerSecond: 1, secondsLeft: 1, tensors: 1, bytes: 1 };
  return { run: 'r' as RunId, sequence: ++sequence, state, vitals, events, failure: null };
}

const evaluation = (step: number, auc: number | null): TrainingEvent => ({
  kind: 'evaluation',
  step,
  split: 'validation',
  metrics: metrics(auc),
  probes: [],
});

describe('the current run', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('gives the same view object until something is told, so React does not loop', () => {
    const run = new CurrentRun(setup);
    expect(run.view()).toBe(run.view());
    run.begin(setup, 'a');
    const view = run.view();
    run.apply(tick(1, [], 'compiling'));
    run.apply(tick(2, [], 'compiling'));
    expect(run.view()).toBe(view);
    vi.advanceTimersByTime(250);
    expect(run.view()).not.toBe(view);
    expect(run.view().step).toBe(2);
  });

  it('stays failed when the summary of its dataset arrives after it', () => {
    const run = new CurrentRun(setup);
    run.begin(setup, 'a');
    run.fail('This model reads behaviours and the dataset has none.');
    const scenarios = [{ id: '1', name: 'Home', group: null, share: 1, clickRate: 0.1 }];
    run.preview(scenarios, 'A log', setup);
    expect(run.view()).toMatchObject({ state: 'failed', scenarios, datasetTitle: 'A log' });
    const other = { ...setup, dataset: 'travel-20' };
    run.preview(scenarios, 'Another log', other);
    expect(run.view()).toMatchObject({ state: 'ready', failure: null });
  });

  it('tells at most five times a second while ticks pour in, and at once when the state changes', () => {
    const run = new CurrentRun(setup);
    run.begin(setup, 'a');
    run.apply(tick(0, []));
    let told = 0;
    run.subscribe(() => told++);
    for (let i = 0; i < 100; i++) {
      run.apply(tick(i, [evaluation(i, 0.6)]));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(300);
    expect(told).toBeLessThanOrEqual(7);
    expect(run.view().evaluations.points.length).toBe(100);
    const before = told;
    run.apply(tick(101, [], 'paused'));
    expect(told).toBe(before + 1);
    expect(run.view().state).toBe('paused');
  });

  it('keeps an undefined AUC undefined', () => {
    const run = new CurrentRun(setup);
    run.begin(setup, 'a');
    run.apply(tick(1, [evaluation(1, null)]));
    vi.advanceTimersByTime(300);
    expect(run.view().evaluations.points[0]?.metrics.scenarios[0]?.auc).toBeNull();
    expect(run.view().latest?.scenarios[0]?.auc).toBeNull();
  });

  it('a second run starts with empty histories', () => {
    const run = new CurrentRun(setup);
    run.begin(setup, 'a');
    run.apply(tick(1, [evaluation(1, 0.6)]));
    run.begin(setup, 'b');
    expect(run.view().evaluations.points.length).toBe(0);
    expect(run.view().latest).toBeNull();
    expect(run.view().state).toBe('compiling');
  });
});
