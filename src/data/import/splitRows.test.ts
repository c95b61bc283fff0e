import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atRandom, byTime, readSplitValues } from './splitRows';

const shares = { validation: 0.1, test: 0.1 };
const all = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
const count = (split: Uint8Array, which: number): number => split.filter((s) => s === which).length;

describe('a split by time', () => {
  it('puts no evaluation row before a training row, and no test row before a validation row', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 10, maxLength: 200 }), (times) => {
        const split = byTime(all(times.length), Float64Array.from(times), shares);
        const of = (which: number): number[] => times.filter((_, i) => split[i] === which);
        const latest = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
        const earliest = (values: number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
        expect(latest(of(0))).toBeLessThanOrEqual(earliest(of(1)));
        expect(latest(of(1))).toBeLessThanOrEqual(earliest(of(2)));
        expect(of(0).length).toBeGreaterThan(0);
        expect(of(2).length).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps a test row where the only change of time near the cut is before the last row', () => {
    const split = byTime(all(11), Float64Array.of(46, 0, 0, 0, 46, 0, 0, 0, 0, 46, 47), shares);
    expect([count(split, 1), count(split, 2)]).toEqual([1, 1]);
  });

  it('keeps rows of one instant together where time changes near the cut', () => {
    const times = Float64Array.from({ length: 100 }, (_, i) => Math.floor(i / 3));
    const split = byTime(all(100), times, shares);
    for (let i = 1; i < 100; i++) if (times[i] === times[i - 1]) expect(split[i]).toBe(split[i - 1]);
    expect(Math.abs(count(split, 2) - 10)).toBeLessThanOrEqual(2);
    expect(Math.abs(count(split, 1) - 10)).toBeLessThanOrEqual(3);
  });

  it('keeps its shares where all rows are of one instant', () => {
    const split = byTime(all(100), new Float64Array(100), shares);
    expect([count(split, 0), count(split, 1), count(split, 2)]).toEqual([80, 10, 10]);
  });
});

describe('a random split', () => {
  const strata = (n: number, positives: number): { label: Uint8Array; scenario: Uint8Array } => ({
    label: Uint8Array.from({ length: n }, (_, i) => (i < positives ? 1 : 0)),
    scenario: Uint8Array.from({ length: n }, (_, i) => i % 5),
  });

  it('keeps its shares over all rows and inside each label and scenario', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 200, max: 1500 }), (seed, n) => {
        const { label, scenario } = strata(n, Math.floor(n / 4));
        const split = atRandom(all(n), { label, scenario }, shares, seed);
        expect(Math.abs(count(split, 2) - n / 10)).toBeLessThanOrEqual(4);
        expect(Math.abs(count(split, 1) - n / 10)).toBeLessThanOrEqual(4);
        for (let l = 0; l < 2; l++) {
          for (let s = 0; s < 5; s++) {
            const own = split.filter((_, i) => label[i] === l && scenario[i] === s);
            expect(Math.abs(count(own, 2) - own.length / 10)).toBeLessThanOrEqual(3);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives every split a row of a class that has three', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 3, max: 9 }), (seed, positives) => {
        const n = 60;
        const { label, scenario } = strata(n, positives);
        const split = atRandom(all(n), { label, scenario }, shares, seed);
        for (const which of [0, 1, 2]) {
          expect(split.some((s, i) => s === which && label[i] === 1)).toBe(true);
        }
      }),
    );
  });

  it('is the same for the same seed only', () => {
    const own = strata(300, 50);
    expect(atRandom(all(300), own, shares, 4)).toEqual(atRandom(all(300), own, shares, 4));
    expect(atRandom(all(300), own, shares, 4)).not.toEqual(atRandom(all(300), own, shares, 5));
  });
});

describe('values of a split column', () => {
  const column = (name: string, values: string[]): Parameters<typeof readSplitValues>[0] => ({
    name,
    values,
    codes: new Int32Array(0),
  });
  it.each([
    ['train_tag', ['0', '1', '2'], { 0: 0, 1: 1, 2: 2 }],
    ['split', ['train', 'valid', 'test'], { train: 0, valid: 1, test: 2 }],
    ['split', ['Train', 'Dev', 'Holdout'], { Train: 0, Dev: 1, Holdout: 2 }],
    ['fold', ['0', '1'], { 0: 0, 1: 2 }],
    ['fold', ['0.0', '1.0'], { 0: 0, 1: 2 }],
    ['is_train', ['1', '0'], { 1: 0, 0: 2 }],
  ])('%s %j', (name, values, expected) => {
    expect(Object.fromEntries(readSplitValues(column(name, values), null)!)).toEqual(expected);
  });

  it('that say nothing are not guessed', () => {
    expect(readSplitValues(column('split', ['red', 'blue']), null)).toBeNull();
    expect(readSplitValues(column('fold', ['0', '1', '2', '3']), null)).toBeNull();
  });
});
