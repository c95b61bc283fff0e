import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupMiddles, layoutScatter, partLabels, pointAt, pointTowards } from './scatterLayout';

const xy = Float32Array.of(0, 0, 4, 0, 4, 2, -1, 5);
const layout = layoutScatter({ width: 300, height: 200, xy, ticks: true });

describe('a scatter’s layout', () => {
  it('keeps every point inside the axes and larger values up and to the right', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.boolean(),
        (numbers, ticks) => {
          const values = Float32Array.from(numbers.slice(0, numbers.length - (numbers.length % 2)));
          const { places, left, top, width, height } = layoutScatter({
            width: 240,
            height: 180,
            xy: values,
            ticks,
          });
          for (let i = 0; i < values.length; i += 2) {
            expect(places[i]).toBeGreaterThanOrEqual(left - 0.01);
            expect(places[i]).toBeLessThanOrEqual(left + width + 0.01);
            expect(places[i + 1]).toBeGreaterThanOrEqual(top - 0.01);
            expect(places[i + 1]).toBeLessThanOrEqual(top + height + 0.01);
          }
        },
      ),
    );
    expect(layout.places[2]).toBeGreaterThan(layout.places[0]!);
    expect(layout.places[5]).toBeLessThan(layout.places[3]!);
  });

  it('has one scale on both axes where only the arrangement means something', () => {
    const { places } = layoutScatter({
      width: 400,
      height: 100,
      xy: Float32Array.of(0, 0, 1, 0, 0, 1),
      ticks: false,
    });
    expect(places[2]! - places[0]!).toBeCloseTo(places[1]! - places[5]!, 3);
  });

  it('finds the point that is meant, and none far from all', () => {
    expect(pointAt(layout.places, layout.places[4]! + 2, layout.places[5]! - 2)).toBe(2);
    expect(pointAt(layout.places, -100, -100)).toBeNull();
  });

  it('walks by arrow keys: every point is reached, and a border is where walking ends', () => {
    expect(pointTowards(layout.places, 0, 1, 0)).toBe(1);
    expect(pointTowards(layout.places, 1, 0, -1)).toBe(2);
    expect(pointTowards(layout.places, 1, 1, 0)).toBe(1);
  });

  it('names groups at their middles, apart from each other', () => {
    const middles = groupMiddles(layout.places, Uint16Array.of(0, 0, 1, 3), 4);
    expect(middles[0]!.x).toBeCloseTo((layout.places[0]! + layout.places[2]!) / 2, 3);
    expect(middles[2]).toBeNull();
    const labels = partLabels(
      Array.from({ length: 5 }, (_, k) => ({ x: 50 + k, y: 100, text: 'scenario' })),
      10,
      120,
    );
    const heights = labels.map(({ y }) => y).sort((a, b) => a - b);
    for (let k = 1; k < heights.length; k++) expect(heights[k]! - heights[k - 1]!).toBeGreaterThan(0);
    expect(Math.max(...heights)).toBeLessThanOrEqual(120);
  });
});
