import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  aucRatio,
  calibration,
  computeCeilings,
  computeMetrics,
  groupMean,
  logLoss,
  relaImpr,
  weightedMean,
} from '.';
import type { Metrics, ScenarioMetrics } from './types';

interface Fixture {
  readonly scenario: number[];
  readonly p: number[];
  readonly label: number[];
  readonly interest: number[];
  readonly weight: number[];
  readonly score: number[];
  readonly probability: number[];
  readonly training: number[];
  readonly expected: {
    readonly scenarios: ScenarioMetrics[];
    readonly overall: ScenarioMetrics;
    readonly domainAuc: number;
    readonly domainNoiseFreeAuc: number;
    readonly byTraining: number;
    readonly ceilings: (number | null)[];
  };
}

/** Made by tests/reference/training/metrics.py over all pairs of rows. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../tests/reference/training/metrics.json', import.meta.url), 'utf8'),
) as Fixture;

const rows = {
  scenarios: 4,
  scenario: fixture.scenario,
  label: fixture.label,
  weight: fixture.weight,
  truth: { probability: fixture.p, interest: fixture.interest },
  trainingRows: fixture.training,
};

function expectSame(actual: ScenarioMetrics, expected: ScenarioMetrics): void {
  for (const key of Object.keys(expected) as (keyof ScenarioMetrics)[]) {
    const value = expected[key];
    if (value === null) expect(actual[key], key).toBeNull();
    else expect(actual[key], key).toBeCloseTo(value, 10);
  }
}

describe('metrics of an evaluation', () => {
  const metrics: Metrics = computeMetrics(rows, fixture);

  it('agree with NumPy over all pairs, per scenario and overall', () => {
    fixture.expected.scenarios.forEach((expected, s) => expectSame(metrics.scenarios[s]!, expected));
    expectSame(metrics.overall, fixture.expected.overall);
    expect(metrics.domainAuc).toBeCloseTo(fixture.expected.domainAuc, 10);
    expect(metrics.domainNoiseFreeAuc).toBeCloseTo(fixture.expected.domainNoiseFreeAuc, 10);
  });

  it('weigh scenarios by training rows on request', () => {
    const other = computeMetrics(rows, fixture, { domainWeights: 'training' });
    expect(other.domainAuc).toBeCloseTo(fixture.expected.byTraining, 10);
    expect(other.domainAuc).not.toBeCloseTo(fixture.expected.domainAuc, 4);
  });

  it('call a scenario with one class, and one without rows, undefined and leave them out of means', () => {
    expect(metrics.scenarios[2]!.auc).toBeNull();
    expect(metrics.scenarios[2]!.noiseFreeAuc).not.toBeNull();
    expect(metrics.scenarios[3]).toEqual({
      rows: 0,
      positives: 0,
      auc: null,
      noiseFreeAuc: null,
      interestAuc: null,
      logLoss: null,
      calibration: null,
    });
  });

  it('know no truth where the data has none', () => {
    const plain = computeMetrics({ ...rows, truth: null }, fixture);
    expect(plain.overall.noiseFreeAuc).toBeNull();
    expect(plain.overall.interestAuc).toBeNull();
    expect(plain.overall.auc).toBe(metrics.overall.auc);
    expect(computeCeilings({ ...rows, truth: null })).toEqual({
      scenarios: [null, null, null, null],
      overall: null,
      domain: null,
    });
  });

  it('have ceilings that equal the noise-free AUC of the truth', () => {
    const ceilings = computeCeilings(rows);
    fixture.expected.ceilings.forEach((expected, s) => {
      if (expected === null) expect(ceilings.scenarios[s]).toBeNull();
      else expect(ceilings.scenarios[s]).toBeCloseTo(expected, 10);
    });
    const perfect = computeMetrics(rows, { score: fixture.p, probability: fixture.p });
    expect(ceilings.overall).toBe(perfect.overall.noiseFreeAuc);
    expect(ceilings.domain).toBe(perfect.domainNoiseFreeAuc);
  });
});

describe('relative improvement', () => {
  it('has two conventions, which CausalInt’s first table tells apart', () => {
    expect(aucRatio(0.6179, 0.606)).toBeCloseTo(0.0196, 4);
    expect(relaImpr(0.6179, 0.606)).toBeCloseTo(0.1123, 4);
  });

  it('is undefined against a base that is not above chance, or undefined itself', () => {
    expect(relaImpr(0.7, 0.5)).toBeNull();
    expect(relaImpr(0.7, 0.4)).toBeNull();
    expect(relaImpr(null, 0.7)).toBeNull();
    expect(aucRatio(0.7, null)).toBeNull();
  });
});

describe('means over scenarios', () => {
  it('take the largest or smallest scenarios by training rows', () => {
    const values = [0.5, 0.6, 0.7, null];
    expect(groupMean(values, [1, 1, 1, 1], [10, 40, 30, 20], 'major', 2)).toBeCloseTo(0.65);
    expect(groupMean(values, [1, 1, 1, 1], [10, 40, 30, 20], 'minor', 2)).toBe(0.5);
    expect(groupMean(values, [1, 3, 1, 1], [10, 40, 30, 20], 'minor', 9)).toBeCloseTo(
      weightedMean(values, [1, 3, 1, 1])!,
    );
  });

  it('are undefined where nothing is defined', () => {
    expect(weightedMean([null, null], [1, 2])).toBeNull();
  });
});

describe('log loss and calibration', () => {
  it('stay finite at certain predictions', () => {
    expect(logLoss([0, 1], [1, 0])).toBeCloseTo(-Math.log(1e-7), 6);
    expect(logLoss([], [])).toBeNull();
  });

  it('are 1 for predictions at the click rate, undefined without clicks', () => {
    expect(calibration([0.25, 0.25, 0.25, 0.25], [1, 0, 0, 0])).toBe(1);
    expect(calibration([0.25, 0.25], [0, 0])).toBeNull();
  });
});
