import { describe, expect, it } from 'vitest';
import type { ProbeFrame } from '../../../training/reduceRun';
import { densities, searchScores } from './searchHistory';

function frame(step: number, rows: readonly (readonly (number | null)[])[]): ProbeFrame {
  const flat = rows.flat();
  return {
    step,
    value: {
      name: 'probe',
      shape: [rows.length, rows[0]!.length],
      values: Float32Array.from(flat, (value) => value ?? 0),
      defined: Uint8Array.from(flat, (value) => (value === null ? 0 : 1)),
    },
  };
}

describe('densities', () => {
  it('are shares of kept edges: their mean, the sparsest and the densest scenario', () => {
    const masks = [
      frame(0, [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ]),
      frame(8, [
        [1, 0, 0, 0],
        [1, 1, 1, 0],
      ]),
    ];
    expect(densities(masks)).toEqual([
      { step: 0, mean: 1, low: 1, high: 1 },
      { step: 8, mean: 0.5, low: 0.25, high: 0.75 },
    ]);
    // Counted once a frame, to the same result.
    expect(densities(masks)).toEqual(densities(masks));
  });
});

describe('scores of searches', () => {
  it('are means over the scenarios that have candidates', () => {
    const [first, none] = searchScores([
      frame(8, [
        [0.5, 0.25, null],
        [0.75, 0.75, 0.75],
        [null, null, null],
      ]),
      frame(16, [[null, null]]),
    ]);
    expect(first).toEqual({ step: 8, best: 0.5, mean: 0.5625, worst: 0.625 });
    expect(none).toEqual({ step: 16, best: null, mean: null, worst: null });
  });
});
