import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinePoint } from './Lines';
import { bandPath, fittingTicks, lastPoints, layoutLines, linePath, nearestPoint } from './linesLayout';

const domain = (min: number, max: number) => ({ min, max, ticks: [min, (min + max) / 2, max] });
const layout = layoutLines({ width: 600, height: 200, x: domain(0, 100), y: domain(0, 1), labels: ['a'] });
const at = (x: number, a: number | null): LinePoint => ({ x, a });

describe('a line chart', () => {
  it('spans its plot: domains end at the edges, with room at the right for labels', () => {
    expect(layout.toX(0)).toBe(layout.left);
    expect(layout.toX(100)).toBe(layout.left + layout.width);
    expect(layout.toY(0)).toBe(layout.top + layout.height);
    expect(layout.toY(1)).toBe(layout.top);
    expect(600 - layout.left - layout.width).toBe(130);
    const narrow = layoutLines({
      width: 320,
      height: 200,
      x: domain(0, 1),
      y: domain(0, 1),
      labels: ['abc'],
    });
    expect(narrow.narrow).toBe(true);
    expect(320 - narrow.left - narrow.width).toBeCloseTo(36.6);
  });

  it('breaks its line where a figure is undefined, and nowhere else', () => {
    const path = linePath(
      [at(0, 0.1), at(1, 0.2), at(2, null), at(3, 0.3), { x: 4 }, at(5, 0.5)],
      'a',
      layout,
    );
    expect(path.match(/M/g)).toHaveLength(3);
    expect(path.match(/L/g)).toHaveLength(1);
    expect(linePath([at(0, null)], 'a', layout)).toBe('');
  });

  it('closes a band over the points that have both edges; one alone is a bar', () => {
    const points: LinePoint[] = [
      { x: 0, low: 0.1, high: 0.3 },
      { x: 1, low: 0.2, high: null },
      { x: 2, low: 0.2, high: 0.4 },
    ];
    expect(bandPath(points, ['low', 'high'], layout)!.split('L')).toHaveLength(4);
    expect(bandPath(points.slice(0, 2), ['low', 'high'], layout)).toMatch(/^M.*H.*V.*H.*Z$/);
    expect(bandPath(points.slice(1, 2), ['low', 'high'], layout)).toBeNull();
  });

  it('never lets two figures of an axis touch, and keeps the last', () => {
    const ticks = [0, 20_000, 40_000, 60_000, 80_000, 100_000];
    fc.assert(
      fc.property(fc.double({ min: 10, max: 900, noNaN: true }), (width) => {
        const toX = (value: number) => (value / 100_000) * width;
        const kept = fittingTicks(ticks, String, toX);
        expect(kept.at(-1)).toBe(100_000);
        for (let k = 1; k < kept.length; k++) {
          const room = (String(kept[k]).length + String(kept[k - 1]).length) * 3.1;
          expect(toX(kept[k]!) - toX(kept[k - 1]!)).toBeGreaterThanOrEqual(room);
        }
      }),
    );
  });

  it('reads the point nearest to the pointer', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: -50, max: 1050, noNaN: true }),
        (steps, x) => {
          const points = steps.sort((a, b) => a - b).map((step) => at(step, 0));
          const found = points[nearestPoint(points, x)]!;
          const best = Math.min(...points.map((point) => Math.abs(point.x - x)));
          expect(Math.abs(found.x - x)).toBe(best);
        },
      ),
    );
    expect(nearestPoint([], 3)).toBe(-1);
  });

  it('labels a line at its last defined point', () => {
    const last = lastPoints(
      [
        { key: 'a', label: 'a', colour: 'red' },
        { key: 'b', label: 'b', colour: 'red' },
      ],
      [at(0, 0.1), at(1, 0.2), at(2, null)],
    );
    expect(last.get('a')).toEqual({ x: 1, y: 0.2 });
    expect(last.has('b')).toBe(false);
  });
});
