import { describe, expect, it } from 'vitest';
import { scenarioColumns, summaryColumns } from './columns';
import type { RunMetrics } from './columns';
import type { ScenarioMetrics } from '../training/metrics/types';

const metrics = (auc: number, rows = 100): ScenarioMetrics => ({
  rows,
  positives: 10,
  auc,
  noiseFreeAuc: auc + 0.1,
  interestAuc: null,
  logLoss: null,
  calibration: null,
});

/** Two scenarios, the small one with as many test rows as the large one. */
const run: RunMetrics = {
  scenarios: [
    { id: 'small', name: 'Small', group: null, share: 0.1, clickRate: 0.1 },
    { id: 'large', name: 'Large', group: null, share: 0.9, clickRate: 0.1 },
  ],
  final: {
    scenarios: [metrics(0.5), metrics(0.6)],
    overall: metrics(0.58),
    domainAuc: 0.59,
    domainNoiseFreeAuc: 0.69,
    major5Auc: 0.55,
    minor10Auc: 0.56,
    minor5Auc: 0.57,
  },
};

describe('columns of a study', () => {
  it('are the scenarios, found by id, where there are few', () => {
    const [small] = scenarioColumns(run.scenarios);
    const turned = { scenarios: [...run.scenarios].reverse(), final: { ...run.final } };
    expect(small!.of(run, 'drawn')).toBe(0.5);
    expect(small!.of(turned, 'drawn')).toBe(0.6);
    expect(small!.ceiling({ scenarios: [0.7, 0.8], overall: 0.75, domain: 0.76 })).toBe(0.7);
    expect(scenarioColumns(Array.from({ length: 7 }, () => run.scenarios[0]!))).toEqual([]);
  });

  it('give no figure of a scenario with fewer than ten clicks, which still counts in the means', () => {
    const few = {
      ...run,
      final: { ...run.final, scenarios: [{ ...metrics(0.5), positives: 9 }, metrics(0.6)] },
    };
    const [small] = scenarioColumns(run.scenarios);
    expect([small!.of(few, 'drawn'), small!.missing!(few, 'drawn')]).toEqual([null, 'too few']);
    expect([small!.of(few, 'noiseFree'), small!.missing!(few, 'noiseFree')]).toEqual([0.6, null]);
    expect(summaryColumns.traffic.of(few, 'drawn')).toBe(summaryColumns.traffic.of(run, 'drawn'));
  });

  it('weigh scenarios of a group by their traffic, however many test rows they have', () => {
    expect(summaryColumns.minor.of(run, 'noiseFree')).toBeCloseTo(0.1 * 0.6 + 0.9 * 0.7, 12);
    expect(summaryColumns.major.of(run, 'noiseFree')).toBeCloseTo(0.1 * 0.6 + 0.9 * 0.7, 12);
  });

  it('give the mean over scenarios by evaluation rows and by traffic', () => {
    expect(summaryColumns.mean.of(run, 'drawn')).toBe(0.59);
    expect(summaryColumns.traffic.of(run, 'drawn')).toBeCloseTo(0.1 * 0.5 + 0.9 * 0.6, 12);
  });

  it('take the groups of drawn clicks as the evaluation gave them', () => {
    expect(summaryColumns.major.of(run, 'drawn')).toBe(0.55);
    expect(summaryColumns.minor.of(run, 'drawn')).toBe(0.56);
    expect(summaryColumns.minor5.of(run, 'drawn')).toBe(0.57);
  });
});
