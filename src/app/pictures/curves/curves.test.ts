import { describe, expect, it } from 'vitest';
import type { RunSetup } from '../../../training/runRecord';
import { CurrentRun } from '../../store/currentRun';
import type { RunView } from '../../store/runView';
import { byShare, curveTable, heatOverTime, scenarioLines, summaryPoints } from './curves';

function viewOf(scenarios: number, points: readonly (readonly (number | null)[])[], steps = 100): RunView {
  const view = new CurrentRun({ training: { steps } } as unknown as RunSetup).view();
  points.forEach((aucs, k) =>
    view.metrics.push((k + 1) * 10, Object.fromEntries(aucs.map((auc, s) => [`auc/${s}`, auc]))),
  );
  return {
    ...view,
    scenarios: Array.from({ length: scenarios }, (_, s) => ({
      id: `s${s}`,
      name: `S ${s}`,
      group: null,
      share: s / 10,
      clickRate: 0.1,
    })),
  };
}

describe('curves of many scenarios', () => {
  it('summaries leave undefined scenarios out', () => {
    const view = viewOf(4, [[0.5, null, 0.7, 0.6]]);
    expect(summaryPoints(view, 'drawn')[0]).toMatchObject({
      x: 10,
      worst: 0.5,
      median: expect.closeTo(0.6, 6) as number,
    });
    expect(summaryPoints(view, 'drawn')[0]!.best).toBeCloseTo(0.7, 6);
    expect(summaryPoints(viewOf(2, [[null, null]]), 'drawn')[0]).toMatchObject({ best: null, median: null });
  });

  it('time on the heat map is the whole run: later cells wait, none moves', () => {
    const early = heatOverTime(viewOf(2, [[0.5, 0.6]]), 'drawn', [0, 1], 10);
    const late = heatOverTime(
      viewOf(2, [
        [0.5, 0.6],
        [0.6, 0.7],
        [0.7, 0.8],
      ]),
      'drawn',
      [0, 1],
      10,
    );
    expect(Array.from(early.defined!.slice(0, 10))).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(late.defined!.slice(0, 10))).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(late.values[0]).toBe(early.values[0]);
    expect(late.values[12]).toBeCloseTo(0.8, 6);
  });

  it('spans without an evaluation repeat the one before', () => {
    const heat = heatOverTime(viewOf(1, [[0.5], [0.6]], 100), 'drawn', [0], 50);
    expect(Array.from(heat.defined!.slice(0, 12))).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(heat.values[8]).toBe(0.5);
    expect(heat.values[9]).toBeCloseTo(0.6, 6);
  });

  it('go from the largest scenario to the smallest', () => {
    expect(byShare(viewOf(3, []).scenarios)).toEqual([2, 1, 0]);
  });
});

it('the table of a curve has every scenario, undefined as null', () => {
  const table = curveTable(viewOf(2, [[0.5, null]]), 'drawn');
  expect(table).toEqual({ columns: ['step', 'S 0', 'S 1', 'mean'], rows: [[10, 0.5, null, null]] });
});

it('few scenarios get a line each and the mean', () => {
  const lines = scenarioLines(viewOf(3, []), 'drawn', ['#1', '#2', '#3'], '#0');
  expect(lines.map((line) => line.key)).toEqual(['auc/0', 'auc/1', 'auc/2', 'domainAuc']);
});
