import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendThinned, emptyThinned, replaceNewest } from './thinning';

function filled(count: number, limit: number) {
  let history = emptyThinned<number>();
  for (let i = 0; i < count; i++) history = appendThinned(history, i, limit);
  return history;
}

describe('a thinned history', () => {
  it('never grows beyond its limit, and keeps the first point, the newest and evenly spaced ones between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 2, max: 60 }), (count, limit) => {
        const { points, stride, seen } = filled(count, limit);
        expect(points.length).toBeLessThanOrEqual(limit);
        expect(points[0]).toBe(0);
        expect(points.at(-1)).toBe(count - 1);
        expect(seen).toBe(count);
        const grid = (count - 1) % stride === 0 ? points : points.slice(0, -1);
        expect(grid).toEqual(grid.map((_, i) => i * stride));
        // At least half of what there is room for is used once there was enough.
        if (count > limit) expect(points.length).toBeGreaterThan(limit / 2);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves kept points where they are between two halvings', () => {
    const before = filled(130, 100);
    const after = filled(132, 100);
    expect(after.stride).toBe(before.stride);
    expect(after.points.slice(0, before.points.length - 1)).toEqual(before.points.slice(0, -1));
  });

  it('is a snapshot: adding to it leaves it as it was', () => {
    const before = filled(100, 10);
    const points = [...before.points];
    appendThinned(before, 100, 10);
    replaceNewest(before, -1);
    expect(before.points).toEqual(points);
  });

  it('replaces the newest point alone', () => {
    expect(replaceNewest(filled(3, 10), 9)).toEqual({ points: [0, 1, 9], seen: 3, stride: 1 });
  });
});
