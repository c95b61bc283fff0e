import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../models/definition';
import { headlineOf, overTimeHeadline } from './headline';

const spec = (scale: ProbeSpec['scale'], axes: ProbeSpec['axes']): ProbeSpec => ({
  ...{ name: 'p', topic: 'gates', title: 't', reading: 'r', equation: '' },
  axes,
  scale,
});
const named = (...labels: readonly string[]) => labels.map((label) => ({ label }));
const PARTS = spec('value', [{ name: 'scenario' }, { name: 'part' }]);

describe('a matrix of values', () => {
  const said = (values: readonly number[], defined: readonly number[] | null = null) =>
    headlineOf(
      PARTS,
      {
        rows: 2,
        columns: 2,
        values: Float32Array.from(values),
        defined: defined && Uint8Array.from(defined),
      },
      named('Home', 'Cart'),
      named('shared', 'own'),
    );

  it('is told by its largest and smallest number', () => {
    expect(said([1, 2, 8, -3])).toBe('Largest at Cart, shared, 8; smallest at Cart, own, −3.');
  });

  it('of nothing but 0 and 1 is counted', () => {
    expect(said([1, 0, 1, 1])).toBe('3 of 4 are 1, the others 0.');
  });

  it('says of what a number alone is one', () => {
    const data = { rows: 1, columns: 2, values: Float32Array.of(3, 5), defined: null };
    const candidates = spec('value', [{ name: 'scenario' }, { name: 'candidate' }]);
    expect(headlineOf(candidates, data, named('Home'), named('1', '2'))).toBe(
      'Largest at Home, candidate 2, 5; smallest at Home, candidate 1, 3.',
    );
  });

  it('that is flat, of one number, or of none', () => {
    expect(said([2, 2, 2, 2])).toBe('All 4 numbers are the same so far: 2.');
    expect(said([2, 9, 9, 9], [1, 0, 0, 0])).toBe('Home, shared: 2.');
    expect(said([2, 9, 9, 9], [0, 0, 0, 0])).toBeNull();
  });
});

describe('numbers over the run', () => {
  const LINES = spec('probability', [{ name: 'part' }]);

  it.each([
    [[], ['a', 'b'], null],
    [[[20, null, null]], ['a', 'b'], 'Undefined at step 20.'],
    [
      [
        [10, 0.5, 0.5],
        [20, 0.25, 0.75],
      ],
      ['a', 'b'],
      'Largest at b, 75.0\u202f%; smallest at a, 25.0\u202f% (step 20).',
    ],
    [[[20, 0.5]], ['a'], 'Now: 50.0\u202f% (step 20).'],
    [[[20, 0.5, 0.5]], ['a', 'b'], 'All 2 numbers are the same so far: 50.0\u202f% (step 20).'],
  ])('%j', (rows, labels, said) => {
    expect(overTimeHeadline(LINES, rows, named(...labels))).toBe(said);
  });
});
