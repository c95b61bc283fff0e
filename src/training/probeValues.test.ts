import { describe, expect, it } from 'vitest';
import { divideSums, meanOf, probeValue } from './probeValues';

describe('numbers of probes', () => {
  it('are sums over counts, a count for all that stands behind its axes', () => {
    const value = divideSums('gates', [2, 2], { sum: [1, 3, 10, 30], count: [4, 20] });
    expect(value).toEqual({
      name: 'gates',
      shape: [2, 2],
      values: Float32Array.of(0.25, 0.75, 0.5, 1.5),
      defined: Uint8Array.of(1, 1, 1, 1),
    });
    expect([...divideSums('masks', [3], { sum: [1, 0, 2], count: [1] }).values]).toEqual([1, 0, 2]);
  });

  it('are undefined, and held as 0, without a count and where they are not finite', () => {
    const value = divideSums('x', [3], { sum: [5, Number.NaN, 4], count: [0, 1, 2] });
    expect([...value.values]).toEqual([0, 0, 2]);
    expect([...value.defined]).toEqual([0, 0, 1]);
    expect(meanOf(1, 0)).toBeNull();
    expect(meanOf(Number.POSITIVE_INFINITY, 2)).toBeNull();
  });

  it('with sums of squares are standard deviations, never of less than nothing', () => {
    // 1, 2, 3 and three times 0.1.
    const value = divideSums('sd', [2], { sum: [6, 0.3], squares: [14, 0.03 - 1e-9], count: [3, 3] });
    expect(value.values[0]).toBeCloseTo(Math.sqrt(2 / 3), 6);
    expect(value.values[1]).toBe(0);
    expect([...value.defined]).toEqual([1, 1]);
  });

  it('of a procedure are given as they are', () => {
    const value = probeValue('scores', [2], [null, 0.5]);
    expect([...value.values]).toEqual([0, 0.5]);
    expect([...value.defined]).toEqual([0, 1]);
  });
});
