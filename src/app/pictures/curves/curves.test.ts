import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../../training/metrics/types';
import type { HistoryPoint } from '../../../training/runRecord';
import { DEFINED, NOT_YET, UNDEFINED } from '../../charts/heatDraw';
import { byShare, curveTable, heatOverTime, scenarioLines, scenarioPoints, summaryPoints } from './curves';

const row = {
  rows: 100,
  positives: 10,
  noiseFreeAuc: null,
  interestAuc: null,
  logLoss: null,
  calibration: null,
};

const metricsOf = (aucs: readonly (number | null)[]): Metrics => ({
  scenarios: aucs.map((auc) => ({ ...row, auc })),
  overall: { ...row, auc: null },
  domainAuc: null,
  domainNoiseFreeAuc: null,
  major5Auc: null,
  minor10Auc: null,
  minor5Auc: null,
});

/** An evaluation every ten steps. */
const evaluated = (points: readonly (readonly (number | null)[])[]): readonly HistoryPoint[] =>
  points.map((aucs, k) => ({ step: (k + 1) * 10, metrics: metricsOf(aucs) }));

const scenariosOf = (count: number) =>
  Array.from({ length: count }, (_, s) => ({
    id: `s${s}`,
    name: `S ${s}`,
    group: null,
    share: s / 10,
    clickRate: 0.1,
  }));

describe('curves of many scenarios', () => {
  it('summaries leave undefined scenarios out', () => {
    const points = evaluated([[0.5, null, 0.7, 0.6]]);
    expect(summaryPoints(points, 'drawn')[0]).toMatchObject({
      x: 10,
      worst: 0.5,
      median: expect.closeTo(0.6, 6) as number,
    });
    expect(summaryPoints(points, 'drawn')[0]!.best).toBeCloseTo(0.7, 6);
    expect(summaryPoints(evaluated([[null, null]]), 'drawn')[0]).toMatchObject({ best: null, median: null });
  });

  it('time on the heat map is the whole run: later cells wait, none moves', () => {
    const early = heatOverTime(evaluated([[0.5, 0.6]]), 100, 'drawn', [0, 1], 10);
    const late = heatOverTime(
      evaluated([
        [0.5, 0.6],
        [0.6, 0.7],
        [0.7, 0.8],
      ]),
      100,
      'drawn',
      [0, 1],
      10,
    );
    expect(Array.from(early.defined!.slice(0, 10))).toEqual([DEFINED, ...Array<number>(9).fill(NOT_YET)]);
    expect(Array.from(late.defined!.slice(0, 10))).toEqual([
      ...[DEFINED, DEFINED, DEFINED],
      ...Array<number>(7).fill(NOT_YET),
    ]);
    expect(late.values[0]).toBe(early.values[0]);
    expect(late.values[12]).toBeCloseTo(0.8, 6);
  });

  it('tells a scenario without an AUC from a span to come', () => {
    const points = evaluated([[null], [0.6], [null]]);
    const { defined } = heatOverTime(points, 100, 'drawn', [0], 5);
    expect([...defined!]).toEqual([DEFINED, UNDEFINED, NOT_YET, NOT_YET, NOT_YET]);
    expect([...heatOverTime(points.slice(0, 1), 20, 'drawn', [0], 4).defined!].slice(0, 2)).toEqual([
      NOT_YET,
      UNDEFINED,
    ]);
  });

  it('spans without an evaluation repeat the one before', () => {
    const heat = heatOverTime(evaluated([[0.5], [0.6]]), 100, 'drawn', [0], 50);
    const shown = Array.from(heat.defined!.slice(0, 12), (state) => Number(state === DEFINED));
    expect(shown).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(heat.values[8]).toBe(0.5);
    expect(heat.values[9]).toBeCloseTo(0.6, 6);
  });

  it('go from the largest scenario to the smallest', () => {
    expect(byShare(scenariosOf(3))).toEqual([2, 1, 0]);
  });
});

it('draws no AUC from fewer than ten clicked rows: not as a line, a summary or a cell', () => {
  const [{ step, metrics }] = evaluated([[0.9, 0.6]]) as [HistoryPoint];
  const few = {
    step,
    metrics: { ...metrics, scenarios: [{ ...metrics.scenarios[0]!, positives: 9 }, metrics.scenarios[1]!] },
  };
  expect(scenarioPoints([few], 'drawn')[0]).toMatchObject({ 'auc/0': null, 'auc/1': 0.6 });
  expect(summaryPoints([few], 'drawn')[0]).toMatchObject({ best: 0.6, worst: 0.6 });
  expect(heatOverTime([few], 10, 'drawn', [0, 1], 1).defined).toEqual(Uint8Array.of(UNDEFINED, DEFINED));
  expect(curveTable([few], scenariosOf(2), 'drawn').rows).toEqual([[10, 'too few', 0.6, null]]);
});

it('the table of a curve has every scenario, undefined as null', () => {
  const table = curveTable(evaluated([[0.5, null]]), scenariosOf(2), 'drawn');
  expect(table).toEqual({ columns: ['step', 'S 0', 'S 1', 'mean'], rows: [[10, 0.5, null, null]] });
});

it('few scenarios get a line each and the mean', () => {
  const view = { scenarios: scenariosOf(3), ceilings: null };
  const lines = scenarioLines(view, ['#1', '#2', '#3'], '#0');
  expect(lines.map((line) => line.label)).toEqual(['S 0', 'S 1', 'S 2', 'mean']);
  const [point] = scenarioPoints(evaluated([[0.5, null, 0.7]]), 'drawn');
  expect(lines.map((line) => point?.[line.key])).toEqual([0.5, null, 0.7, null]);
});
