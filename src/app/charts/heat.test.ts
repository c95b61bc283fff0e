import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellPixels, endsOf, placeOn, NOT_YET, UNDEFINED } from './heatDraw';
import { fixedDigits } from '../format';
import { SCALE_STEPS, scaleTable } from '../colour/scales';
import { cellAt, keyLeft, layoutHeat, onTwoLines, pan, reveal, tickEvery, widthOf, zoom } from './heatLayout';
import type { Window } from './heatLayout';

const total = { rows: 355, columns: 355 };
const whole: Window = { row: 0, column: 0, ...total };
const inside = (view: Window) =>
  view.row >= 0 &&
  view.column >= 0 &&
  view.row + view.rows <= total.rows &&
  view.column + view.columns <= total.columns &&
  view.rows > 0 &&
  view.columns > 0;
const cell = fc.integer({ min: 0, max: 354 });

describe('a heat map', () => {
  it('names the ends of its scale, in more digits where both would read alike', () => {
    const format = (value: number) => fixedDigits(value, 3);
    expect(endsOf({ kind: 'signed', min: -0.2, max: 0.5 }, format)).toEqual(['−0.500', '0.500']);
    expect(endsOf({ kind: 'signed', min: -0.00012, max: 0.00042 }, format)).toEqual(['−0.00042', '0.00042']);
    expect(endsOf({ kind: 'signed', min: 0, max: 0 }, format)).toEqual(['0.000', '0.000']);
  });

  it('finds the cell under every cell’s centre', () => {
    const layout = layoutHeat({
      width: 400,
      height: 300,
      view: { row: 0, column: 0, rows: 25, columns: 12 },
      longestRow: 10,
      longestColumn: 4,
      stepColumns: false,
      square: false,
    });
    for (const [row, column] of [
      [0, 0],
      [24, 11],
      [7, 3],
    ] as const) {
      const x = layout.left + (column + 0.5) * layout.cellWidth;
      const y = layout.top + (row + 0.5) * layout.cellHeight;
      expect(cellAt(layout, x, y)).toEqual({ row, column });
    }
    expect(cellAt(layout, 0, 0)).toBeNull();
    expect(layout.top + layout.height).toBeLessThan(300);
    expect(layout.left + layout.width).toBeLessThanOrEqual(400);
  });

  it('breaks a column’s name where its two lines are most alike, and loses no letter', () => {
    expect(onTwoLines('Scenario 1 (large)')).toEqual(['Scenario', '1 (large)']);
    expect(onTwoLines('user_id')).toEqual(['user_id']);
    fc.assert(
      fc.property(fc.string({ maxLength: 22 }), (label) => {
        expect(onTwoLines(label).join(' ')).toBe(label);
      }),
    );
  });

  it('writes few wide columns on two lines rather than slanted', () => {
    const input = {
      width: 350,
      height: 240,
      view: { row: 0, column: 0, rows: 3, columns: 3 },
      longestRow: 18,
      longestColumn: 18,
      stepColumns: false,
      square: false,
    };
    expect(layoutHeat(input)).toMatchObject({ slanted: true, twoLines: false });
    const layout = layoutHeat({ ...input, longestColumnLine: 10 });
    expect(layout).toMatchObject({ slanted: false, twoLines: true });
    expect(layout.height).toBeGreaterThan(layoutHeat(input).height);
    expect(layout.keyY).toBeGreaterThanOrEqual(layout.top + layout.height + 13 + 12);
  });

  it('its labels never run into its key, however many columns there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 22 }),
        fc.integer({ min: 240, max: 900 }),
        fc.boolean(),
        (n, longest, size, square) => {
          const layout = layoutHeat({
            width: size,
            height: size,
            view: { row: 0, column: 0, rows: n, columns: n },
            longestRow: longest,
            longestColumn: longest,
            stepColumns: false,
            square,
          });
          const labels = !layout.columnLabels
            ? 0
            : layout.slanted
              ? longest * 6.1 * Math.sin((40 / 180) * Math.PI)
              : 13;
          expect(layout.keyY).toBeGreaterThanOrEqual(layout.top + layout.height + labels - 4);
          expect(layout.keyY).toBeLessThanOrEqual(size);
        },
      ),
    );
  });

  it('are squares while these fill half of the width, and fill it where height is short', () => {
    const of = (height: number) =>
      layoutHeat({
        width: 400,
        height,
        view: { row: 0, column: 0, rows: 25, columns: 25 },
        longestRow: 8,
        longestColumn: 8,
        stepColumns: false,
        square: true,
      });
    const [tall, low] = [of(400), of(160)];
    expect(tall.cellWidth).toBe(tall.cellHeight);
    expect(low.cellWidth * 25).toBeGreaterThan(0.7 * 400);
    expect(low.cellHeight).toBeLessThan(low.cellWidth);
  });

  it('never looks outside its matrix, however one zooms and moves', () => {
    const act = fc.oneof(
      fc.tuple(fc.constant('zoom' as const), fc.constantFrom(0.6, 1.25, 5, 0.01), cell, cell),
      fc.tuple(
        fc.constant('pan' as const),
        fc.constant(0),
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: -400, max: 400 }),
      ),
      fc.tuple(fc.constant('reveal' as const), fc.constant(0), cell, cell),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let view = whole;
        for (const [kind, factor, a, b] of acts) {
          if (kind === 'zoom') view = zoom(view, total, factor, a, b);
          if (kind === 'pan') view = pan(view, total, a, b);
          if (kind === 'reveal') view = reveal(view, a, b);
          expect(inside(view)).toBe(true);
          if (kind === 'reveal') {
            expect(a).toBeGreaterThanOrEqual(view.row);
            expect(a).toBeLessThan(view.row + view.rows);
          }
        }
      }),
    );
  });

  it('puts zero of a signed scale in the middle, whatever its ends', () => {
    expect(placeOn({ kind: 'signed', min: -0.1, max: 0.8 }, 0)).toBe(0.5);
    expect(placeOn({ kind: 'signed', min: -0.1, max: 0.8 }, 0.8)).toBe(1);
    expect(placeOn({ kind: 'sequential', min: 0.5, max: 0.75 }, 0.5)).toBe(0);
    expect(placeOn({ kind: 'sequential', min: 1, max: 1 }, 1)).toBe(0.5);
  });
});

it('writes as many numbers along an axis as do not touch', () => {
  const texts = ['0', '100 000', '200 000', '300 000', '400 000', '500 000'];
  expect(tickEvery(texts, 220)).toBe(2);
  expect(tickEvery(texts, 600)).toBe(1);
  expect(tickEvery(['0'], 220)).toBe(1);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1e7 }).map(String), { minLength: 2 }),
      fc.integer({ min: 40, max: 900 }),
      (all, width) => {
        const written = all.filter((_, k) => k % tickEvery(all, width) === 0);
        const apart = (width / (all.length - 1)) * tickEvery(all, width);
        return written.length < 2 || Math.max(...all.map(widthOf)) < apart;
      },
    ),
  );
});

describe('cells too small to be drawn one by one', () => {
  const view: Window = { row: 0, column: 0, rows: 4, columns: 2 };
  const layout = layoutHeat({
    width: 300,
    height: 200,
    view,
    longestRow: 1,
    longestColumn: 1,
    stepColumns: false,
    square: false,
  });
  const data = {
    rows: 4,
    columns: 2,
    values: Float32Array.from([0, 1, 0.5, 1, 0.25, 9, 0.75, 9]),
    defined: Uint8Array.from([1, 1, 1, 1, 1, 0, 1, 0]),
  };
  const input = { layout, data, scale: { kind: 'sequential', min: 0, max: 1 }, theme: 'light' } as const;
  const colour = (value: number) => {
    const at = Math.round(value * (SCALE_STEPS - 1)) * 3;
    return [...scaleTable('sequential', 'light').slice(at, at + 3), 255];
  };
  const hatch = [9, 8, 7, 255];
  const pixel = (pixels: Uint8ClampedArray, k: number) => [...pixels.slice(4 * k, 4 * k + 4)];

  it('are a pixel each', () => {
    const pixels = cellPixels(input, 2, 4, hatch);
    expect(pixel(pixels, 0)).toEqual(colour(0));
    expect(pixel(pixels, 1)).toEqual(colour(1));
    expect(pixel(pixels, 4)).toEqual(colour(0.25));
    expect(pixel(pixels, 5), 'undefined, of every second pixel').toEqual([0, 0, 0, 0]);
  });

  it('are hatched where undefined, in every second pixel, and clear where they are not there yet', () => {
    const all = (state: number) =>
      cellPixels({ ...input, data: { ...data, defined: new Uint8Array(8).fill(state) } }, 2, 4, hatch);
    const clear = [0, 0, 0, 0];
    expect([0, 1, 2, 3].map((k) => pixel(all(UNDEFINED), k))).toEqual([hatch, clear, clear, hatch]);
    expect([...all(NOT_YET)].every((part) => part === 0)).toBe(true);
  });

  it('share a pixel as their mean, row by row, and never with the next column', () => {
    const pixels = cellPixels(input, 2, 2, hatch);
    expect(pixel(pixels, 0)).toEqual(colour(0.25));
    expect(pixel(pixels, 1)).toEqual(colour(1));
    expect(pixel(pixels, 2)).toEqual(colour(0.5));
    expect(pixel(pixels, 3), 'undefined').toEqual(hatch);
  });
});

it('the key leaves room for the number before it, whatever the names of rows are', () => {
  expect(keyLeft(120, '−0.0032')).toBe(120);
  for (const least of ['0', '−0.0032', '−12.3456'])
    expect(keyLeft(20, least) - 6 - widthOf(least)).toBeGreaterThanOrEqual(0);
});
