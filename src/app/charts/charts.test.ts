import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucDomain, niceDomain, niceStep, stepDomain, tickFormat, ticksWithin, zeroDomain } from './axis';
import { fittedName, labelRoom, shortName, spread } from './endLabels';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true });

describe('axes', () => {
  it('write as many numbers as have room one above the other, evenly', () => {
    const auc = aucDomain({ min: 0.33, max: 0.97 }, []);
    expect(ticksWithin(auc, 300)).toEqual(auc.ticks);
    for (const pixels of [20, 45, 60, 84, 120]) {
      const ticks = ticksWithin(auc, pixels);
      expect(ticks[0]).toBe(auc.ticks[0]);
      expect(ticks.length).toBeGreaterThan(1);
      expect((ticks.length - 1) * 14).toBeLessThanOrEqual(pixels);
      const gaps = ticks.slice(1).map((tick, k) => tick - ticks[k]!);
      for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0]!, 9);
    }
  });

  it('write their numbers with the same decimals and a true minus', () => {
    const write = (ticks: readonly number[]) => ticks.map(tickFormat(ticks));
    expect(write([0.9, 1, 1.1])).toEqual(['0.9', '1.0', '1.1']);
    expect(write([-1, -0.5, 0, 0.5, 1])).toEqual(['−1.0', '−0.5', '0', '0.5', '1.0']);
    expect(write([-2500, 0, 2500])).toEqual(['−2\u202f500', '0', '2\u202f500']);
    expect(write([-2e-7, 0, 2e-7])).toEqual(['−2e-7', '0', '2e-7']);
  });

  it('tell every tick from its neighbours, without a hyphen', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const { ticks } = niceDomain({ min: Math.min(a, b), max: Math.max(a, b) });
        const written = ticks.map(tickFormat(ticks));
        expect(new Set(written).size).toBe(ticks.length);
        expect(written.every((text) => !text.startsWith('-'))).toBe(true);
      }),
    );
  });

  it('hold every number', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const domain = zeroDomain({ min, max });
        // An end gives way by a thousand-millionth of a tick's step, so that rounding opens no new one: far less than a pixel.
        const room = 1e-6 + 1e-8 * (Math.max(max, 0) - Math.min(min, 0));
        expect(domain.min).toBeLessThanOrEqual(min + room);
        expect(domain.max).toBeGreaterThanOrEqual(max - room);
        const nice = niceDomain({ min, max });
        expect(nice.ticks.length).toBeGreaterThan(1);
        expect(nice.ticks.length).toBeLessThan(9);
      }),
      { examples: [[3000.00000111706, -0.0000018829402961273447]] },
    );
  });

  // Of numbers with both signs a coarser step may draw one end in, where the other goes out: [−1.8, 4.1] has the ends
  // −2 and 6, [−2, 4.1] has −2.5 and 5.
  it('of any numbers, the largest among them, have a few ticks', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    const largest = Number.MAX_VALUE;
    fc.assert(
      fc.property(any, any, (a, b) => {
        const range = { min: Math.min(a, b), max: Math.max(a, b) };
        for (const { ticks } of [niceDomain(range), zeroDomain(range)]) {
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThan(20);
        }
      }),
      {
        examples: [
          [0, largest],
          [-largest, largest],
          [-largest, 0],
          [1, largest],
        ],
      },
    );
  });

  it('of numbers from nought up never shrink as they grow', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [less, more] = [Math.min(Math.abs(a), Math.abs(b)), Math.max(Math.abs(a), Math.abs(b))];
        const [small, large] = [zeroDomain({ min: 0, max: less }), zeroDomain({ min: 0, max: more })];
        expect(large.max).toBeGreaterThanOrEqual(small.max * (1 - 1e-8));
        expect([small.min, large.min]).toEqual([0, 0]);
      }),
    );
  });

  it('AUC starts at one half, ends above the ceilings, and does not move while numbers stay inside', () => {
    const before = aucDomain(null, [0.68, 0.72, null]);
    expect(before.min).toBe(0.5);
    expect(before.max).toBe(0.75);
    expect(aucDomain({ min: 0.51, max: 0.7 }, [0.68, 0.72, null])).toEqual(before);
    expect(aucDomain({ min: 0.46, max: 0.7 }, [0.72]).min).toBe(0.45);
    expect(aucDomain({ min: 0.2, max: 1 }, []).max).toBe(1);
  });

  it('steps run from nought to the end, marked', () => {
    expect(stepDomain(1000)).toEqual({ min: 0, max: 1000, ticks: [0, 200, 400, 600, 800, 1000] });
    expect(stepDomain(60).ticks.at(-1)).toBe(60);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (steps) => {
        const { ticks, max } = stepDomain(steps);
        expect(max).toBe(steps);
        expect(ticks.every((tick) => tick >= 0 && tick <= steps && Number.isInteger(tick))).toBe(true);
      }),
    );
  });

  it('nice steps are 1, 2, 2.5 or 5 times a power of ten', () => {
    expect([0.03, 0.3, 1.1, 23, 60].map(niceStep)).toEqual([0.05, 0.5, 2, 25, 100]);
  });
});

describe('labels at the ends of lines', () => {
  it('keep their order, their distance and the frame', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (wanted) => {
          const placed = spread(wanted, 14, 0, 200);
          const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
          for (let k = 0; k < order.length; k++) {
            const y = placed[order[k]!]!;
            expect(y).toBeGreaterThanOrEqual(-1e-6);
            expect(y).toBeLessThanOrEqual(200 + 1e-6);
            if (k > 0) expect(y - placed[order[k - 1]!]!).toBeGreaterThanOrEqual(14 - 1e-6);
          }
        },
      ),
    );
  });

  it('stay where they are when nothing collides', () => {
    expect(spread([10, 50, 90], 14, 0, 100)).toEqual([10, 50, 90]);
  });
});

it('labels take at most a sixth of a chart, and their values stand where there is room', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 300, max: 2000 }),
      fc.array(fc.string(), { minLength: 1 }),
      (width, names) => {
        const { width: room, letters, values } = labelRoom(width, names);
        expect(room).toBeLessThanOrEqual(width / 6);
        expect(room).toBeGreaterThanOrEqual(13 + 6.2 * Math.min(letters + (values ? 7 : 0), 5));
        for (const name of names)
          expect(shortName(name, letters).length).toBeLessThanOrEqual(Math.max(letters, 2));
      },
    ),
  );
  expect(labelRoom(900, ['Search'])).toMatchObject({ letters: 6, values: true });
  expect(labelRoom(560, ['A scenario of a long name'])).toMatchObject({ letters: 12, values: false });
  expect(labelRoom(400, ['best'], 98).width).toBe(98);
  expect(shortName('Scenario 25', 9)).toBe('Scena… 25');
  expect(shortName('Scenario 1 (large)', 12)).toBe('Scenario 1');
  expect(shortName('Scenario 1 (large)', 6)).toBe('Sce… 1');
});

it('names have as many letters as their own widths leave room for', () => {
  const width = (text: string) =>
    [...text].reduce((sum, letter) => sum + ('WMm'.includes(letter) ? 10 : 4), 0);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('W', 'i', 'm', ' ', '(', ')'), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 20, max: 200 }),
      (letters, room) => {
        const full = letters.join('');
        const name = fittedName(full, room, 22, width);
        expect(width(name)).toBeLessThanOrEqual(Math.max(room, width(shortName(full, 2))));
        if (width(full) <= room && full.length <= 22) expect(name).toBe(full);
      },
    ),
  );
  // Both have eleven letters.
  expect(fittedName('WWWWWWWWWWW', 60, 22, width)).toBe('WWW…WW');
  expect(fittedName('iiiiiiiiiii', 60, 22, width)).toBe('iiiiiiiiiii');
});
