import { describe, expect, it } from 'vitest';
import { judge, monitoredValue, noBest, updateBest } from './bestMetric';
import type { Metrics } from '../metrics';

const overall = {
  rows: 10,
  positives: 3,
  auc: 0.6,
  noiseFreeAuc: 0.65,
  interestAuc: null,
  logLoss: 0.4,
  calibration: 1,
};
const metrics: Metrics = {
  scenarios: [],
  overall,
  domainAuc: 0.61,
  domainNoiseFreeAuc: 0.66,
  major5Auc: null,
  minor10Auc: null,
  minor5Auc: null,
};

describe('early stopping', () => {
  it('watches the chosen metric, larger is better, log loss turned round', () => {
    expect(monitoredValue('none', metrics)).toBeNull();
    expect(monitoredValue('auc', metrics)).toBe(0.6);
    expect(monitoredValue('domainAuc', metrics)).toBe(0.61);
    expect(monitoredValue('noiseFreeAuc', metrics)).toBe(0.66);
    expect(monitoredValue('logLoss', metrics)).toBe(-0.4);
    expect(monitoredValue('logLoss', { ...metrics, overall: { ...overall, logLoss: null } })).toBeNull();
  });

  it('smooths the mean over scenarios, and no other metric: one high draw is not the best', () => {
    const drawn = [0.6, 0.7, 0.6, 0.66, 0.68, 0.68, 0.67];
    const bestBy = (metric: 'domainAuc' | 'auc') =>
      drawn.reduce(
        (best, value, i) =>
          judge(best, metric, { ...metrics, domainAuc: value, overall: { ...overall, auc: value } }, i).best,
        noBest,
      );
    // Moving means: 0.6, 0.65, 0.625, 0.6425, 0.66125, 0.670625, 0.6703125.
    expect(bestBy('domainAuc')).toMatchObject({ step: 5, value: 0.670625, since: 1 });
    expect(bestBy('auc')).toEqual({ step: 1, value: 0.7, since: 5 });
    expect(judge(bestBy('domainAuc'), 'domainAuc', { ...metrics, domainAuc: null }, 9).improved).toBe(false);
  });

  it('counts evaluations since the best; an equal one is no improvement, an undefined one does not count', () => {
    let best = noBest;
    const seen: [boolean, number, number][] = [];
    [null, 0.6, 0.5, null, 0.6, 0.7, 0.1].forEach((value, i) => {
      const updated = updateBest(best, value, 10 * i);
      best = updated.best;
      seen.push([updated.improved, best.step, best.since]);
    });
    expect(seen).toEqual([
      [false, 0, 0],
      [true, 10, 0],
      [false, 10, 1],
      [false, 10, 1],
      [false, 10, 2],
      [true, 50, 0],
      [false, 50, 1],
    ]);
  });
});
