import { describe, expect, it } from 'vitest';
import { principalComponents, rowCosines } from './vectors';

describe('rows of a probe', () => {
  it('cosines of rows: 1 with itself, undefined for nothing', () => {
    const { values, defined } = rowCosines({
      name: 'g',
      shape: [3, 2],
      values: new Float32Array([1, 0, 1, 1, 0, 0]),
      defined: new Uint8Array(6).fill(1),
    });
    expect(values[0]).toBe(1);
    expect(values[1]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(Array.from(defined)).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('principal components of points on a line lie on one axis', () => {
    const rows = Float32Array.from([0, 0, 0, 1, 2, 3, 2, 4, 6, 3, 6, 9]);
    const { points, share } = principalComponents(rows, 4, 3);
    expect(share[0]).toBeCloseTo(1, 6);
    expect(share[1]).toBeCloseTo(0, 6);
    // Distances along the axis are those in space.
    expect(Math.abs(points[2]! - points[0]!)).toBeCloseTo(Math.sqrt(14), 4);
  });
});
