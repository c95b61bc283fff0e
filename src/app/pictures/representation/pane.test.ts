import { expect, it } from 'vitest';
import { quantise } from '../../../training/representation/sample';
import { describePoint, pointTable, summaryTable } from './pane';
import type { Pane } from './pane';

const scenarios = ['Home', 'Cart'].map((name) => ({
  id: name,
  name,
  group: null,
  share: 0.5,
  clickRate: 0.1,
}));

/** Two rows of one vector, or one row of two. */
function pane(slots: number): Pane {
  const values = Float32Array.of(1, 2, 3, 5);
  const rows = 2 / slots;
  return {
    scenarios,
    title: 'a run',
    sample: {
      step: 3,
      split: 'test',
      rows: Int32Array.of(11, 12),
      scenario: Uint16Array.of(1, 0),
      label: Float32Array.of(1, 0),
      truth: Float32Array.of(0.25, 0.5),
      probability: Float32Array.of(0.125, 0.5),
      vectors: [],
    },
    kept: { name: 'x', rows, slots, ...quantise(values, 2) },
    points: {
      values,
      count: 2,
      dim: 2,
      group: slots === 1 ? Uint16Array.of(1, 0) : Uint16Array.of(0, 1),
      groups: 2,
      slots,
    },
  };
}

it('a point says whose row it is, what happened and what was true', () => {
  expect(describePoint(pane(1), 0)).toBe('row 11, Cart: clicked, truly 25.0\u202f%, predicted 12.5\u202f%');
  expect(describePoint(pane(2), 0)).toBe(
    'row 11, Home (row of Cart): clicked, truly 25.0\u202f%, predicted 12.5\u202f%',
  );
});

it('tables hold the middles of scenarios and every point with its vector', () => {
  const placed = [{ pane: pane(1), xy: Float32Array.of(4, 6, 8, 2) }];
  expect(summaryTable(placed, ['c1', 'c2']).rows).toEqual([
    ['Home', 1, 8, 2, 0, 0],
    ['Cart', 1, 4, 6, 0, 0],
  ]);
  const { columns, rows } = pointTable(placed, ['c1', 'c2']);
  expect(columns).toEqual([
    'run',
    'row',
    'scenario',
    'scenario of row',
    'label',
    'truth',
    'probability',
    'c1',
    'c2',
    'h1',
    'h2',
  ]);
  expect(rows).toEqual([
    ['a run', 11, 'Cart', 'Cart', 1, 0.25, 0.125, 4, 6, 1, 2],
    ['a run', 12, 'Home', 'Home', 0, 0.5, 0.5, 8, 2, 3, 5],
  ]);
});

it('two runs are told apart by a column, and a scenario without points is undefined', () => {
  const one = pane(1);
  const lonely: Pane = { ...one, title: 'other', points: { ...one.points, group: Uint16Array.of(1, 1) } };
  const table = summaryTable(
    [
      { pane: one, xy: new Float32Array(4) },
      { pane: lonely, xy: new Float32Array(4) },
    ],
    ['c1', 'c2'],
  );
  expect(table.columns[1]).toBe('run');
  expect(table.rows.map((row) => row[1])).toEqual(['a run', 'a run', 'other', 'other']);
  expect(table.rows[2]).toEqual(['Home', 'other', 0, null, null, null, null]);
});
