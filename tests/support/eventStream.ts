/** Arbitrary streams of a run's events, in the order in which a run can tell them. */
import fc from 'fast-check';
import type { ProbeValue, TrainingEvent } from '../../src/training/events';
import type { Ceilings, Metrics, ScenarioMetrics } from '../../src/training/metrics/types';

const SCENARIOS = 3;

const metric = fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs), { nil: null });

const scenarioMetrics: fc.Arbitrary<ScenarioMetrics> = fc.record({
  rows: fc.nat(1000),
  positives: fc.nat(100),
  auc: metric,
  noiseFreeAuc: metric,
  interestAuc: metric,
  logLoss: metric,
  calibration: metric,
});

const metrics: fc.Arbitrary<Metrics> = fc.record({
  scenarios: fc.array(scenarioMetrics, { minLength: SCENARIOS, maxLength: SCENARIOS }),
  overall: scenarioMetrics,
  domainAuc: metric,
  domainNoiseFreeAuc: metric,
  major5Auc: metric,
  minor10Auc: metric,
  minor5Auc: metric,
});

const ceilings: fc.Arbitrary<Ceilings> = fc.record({
  scenarios: fc.array(metric, { minLength: SCENARIOS, maxLength: SCENARIOS }),
  overall: metric,
  domain: metric,
});

/** JSON knows no negative zero. */
const positiveZero = (value: number): number => (value === 0 ? 0 : value);

/** Probes of a few sizes; the largest is kept at few steps. */
const probe: fc.Arbitrary<ProbeValue> = fc
  .record({
    name: fc.constantFrom('gates', 'masks', 'scores'),
    size: fc.constantFrom(1, 4),
    fill: fc.float({ noNaN: true, noDefaultInfinity: true }),
  })
  .map(({ name, size, fill }) => ({
    name,
    shape: [size],
    values: new Float32Array(size).fill(positiveZero(fill)),
    defined: new Uint8Array(size).fill(1),
  }));

const probes = fc.uniqueArray(probe, { selector: ({ name }) => name, maxLength: 3 });

/** What follows the step before it: a loss, an evaluation, a picture of a procedure, or news. */
const told = fc.oneof(
  fc.record({
    kind: fc.constant('loss' as const),
    terms: fc.record({
      total: fc.double().map(positiveZero),
      click: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
  }),
  fc.record({
    kind: fc.constant('evaluation' as const),
    split: fc.constant('validation' as const),
    metrics,
    probes,
  }),
  fc.record({
    kind: fc.constant('evaluation' as const),
    split: fc.constant('test' as const),
    metrics,
    probes,
  }),
  fc.record({ kind: fc.constant('procedure-probe' as const), probe }),
  fc.record({
    kind: fc.constant('phase' as const),
    name: fc.constant('Search'),
    done: fc.nat(5),
    total: fc.constant(5),
  }),
  fc.record({ kind: fc.constant('message' as const), text: fc.constant('Refreshing') }),
);

/** Short streams of all kinds of events, and long ones of few, so that histories are thinned. */
export const eventStreams: fc.Arbitrary<readonly TrainingEvent[]> = fc
  .record({
    ceilings,
    testCeilings: fc.option(ceilings, { nil: undefined }),
    told: fc.array(fc.record({ steps: fc.nat(3), event: told }), { maxLength: 25 }),
    repeats: fc.constantFrom(1, 1, 1, 40),
    final: metrics,
    finalProbes: fc.option(probes, { nil: undefined }),
    reason: fc.constantFrom('steps', 'early-stop', 'stopped'),
    parameters: fc.nat(10_000),
  })
  .map((run) => {
    const events: TrainingEvent[] = [
      { kind: 'compiling', detail: 'Building' },
      {
        kind: 'ready',
        backend: { name: 'cpu', reason: 'A test.', threads: 1, simd: false, adapter: null, software: false },
        parameters: run.parameters,
        ceilings: run.ceilings,
        probes: [],
        data: {
          title: 'Rows',
          fingerprint: 'f',
          rows: 10,
          scenarios: Array.from({ length: SCENARIOS }, (_, s) => ({
            id: `${s}`,
            name: `scenario ${s}`,
            group: null,
            share: 1 / SCENARIOS,
            clickRate: 0.1,
          })),
          fields: ['user'],
          relatedness: Float32Array.from({ length: SCENARIOS ** 2 }, (_, i) => i),
        },
      },
    ];
    let step = 0;
    for (let repeat = 0; repeat < run.repeats; repeat++) {
      for (const { steps, event } of run.told) {
        for (let k = 0; k < steps; k++) events.push({ kind: 'step', step: ++step });
        events.push({ ...event, step });
      }
    }
    events.push({
      kind: 'done',
      step,
      reason: run.reason,
      bestStep: step,
      final: run.final,
      ...(run.testCeilings && { ceilings: run.testCeilings }),
      ...(run.finalProbes && { probes: run.finalProbes }),
    });
    return events;
  });
