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

  it('are the same whether there are more rows or more units', () => {
    // Units beyond the first three are zero: they change no component, only which side is the smaller.
    const [n, dim, wide] = [9, 3, 12];
    const value = (r: number, k: number) => (k < dim ? Math.sin(7 * r + 3 * k) * (3 - k) : 0);
    const rows = (width: number) =>
      Float32Array.from({ length: n * width }, (_, at) => value(Math.floor(at / width), at % width));
    const few = principalComponents(rows(dim), n, dim);
    const many = principalComponents(rows(wide), n, wide);
    for (const axis of [0, 1]) {
      expect(few.share[axis]).toBeCloseTo(many.share[axis]!, 6);
      // A component may point either way.
      const sign = Math.sign(few.points[axis]! * many.points[axis]!);
      for (let r = 0; r < n; r++)
        expect(few.points[2 * r + axis]).toBeCloseTo(sign * many.points[2 * r + axis]!, 4);
    }
  });
});
