import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countsOf, drawnBefore, readSittings, storedSittings, sumOf } from './tally';
import type { Sitting } from './tally';

const sitting = (part: string, seed: number, seeds: number, attempts = seeds): Sitting => ({
  ...{ part, seed, seeds, attempts },
  failures: 0,
  seconds: 2,
});

it('sittings come back from their lines, and add up by part', () => {
  const kept = [sitting('kills', 1, 25), sitting('mutants', 1, 1, 5000), sitting('kills', 26, 5)];
  const text = kept.map((one) => `${JSON.stringify(one)}\n`).join('');
  expect(readSittings(text)).toEqual(kept);
  expect(sumOf(kept, 'kills')).toBe('kills: 30 attempts and 0 failures in 2 sittings, 7.5 a second.');
  expect(sumOf(kept, 'mutants')).toBe(
    'mutants: 5000 attempts and 0 failures in 1 sittings, 2500.0 a second.',
  );
  expect(sumOf(kept, 'planted')).toBe(
    'planted: 0 attempts and 0 failures in 0 sittings, undefined a second.',
  );
});

it('sittings tell how many were of each kind, those before the counts apart', () => {
  const kept = [
    sitting('mutants', 1, 1, 10),
    { ...sitting('mutants', 2, 1, 5), counts: { CSV: 2, Parquet: 3 } },
    { ...sitting('mutants', 3, 1, 4), counts: { CSV: 4 } },
  ];
  expect(countsOf(kept, 'mutants')).toEqual({ CSV: 6, Parquet: 3 });
  expect(sumOf(kept, 'mutants')).toMatch(/ a second \(CSV 6, Parquet 3\)\.$/);
});

it('a sitting is one that was before exactly where a seed of the same part is drawn twice', () => {
  const some = fc.record({
    part: fc.constantFrom('kills', 'mutants'),
    seed: fc.integer({ min: 0, max: 30 }),
    seeds: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(some), some, (before, next) => {
      const drawn = (one: typeof next) =>
        Array.from({ length: one.seeds }, (_, k) => `${one.part} ${one.seed + k}`);
      const known = new Set(before.flatMap(drawn));
      const found = drawnBefore(
        before.map(({ part, seed, seeds }) => sitting(part, seed, seeds)),
        next,
      );
      expect(found !== undefined).toBe(drawn(next).some((one) => known.has(one)));
    }),
  );
});

it('no two sittings that are stored drew the same', () => {
  const stored = storedSittings();
  stored.forEach((one, k) => expect(drawnBefore(stored.slice(0, k), one)).toBeUndefined());
});
