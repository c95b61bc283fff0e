import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cumulative, drawIndex, permutation, stream } from './random';

describe('counter-based random numbers', () => {
  test('are the same numbers on every platform, for ever', () => {
    const draws = stream(1, 'golden');
    expect([draws.uniform(0), draws.uniform(1), draws.uniform(0, 1), draws.uniform(123456, 7)])
      .toMatchInlineSnapshot(`
      [
        0.11755295109469444,
        0.5339370089350268,
        0.10788046300876886,
        0.6300259883282706,
      ]
    `);
    expect(stream(2, 'golden').uniform(0)).toMatchInlineSnapshot(`0.7513190765166655`);
    expect(stream(1, 'other').uniform(0)).toMatchInlineSnapshot(`0.7994666317244992`);
  });

  test('fill 256 boxes evenly, along rows and along columns', () => {
    for (const place of [(k: number) => [k, 0], (k: number) => [7, k]]) {
      const draws = stream(5, 'boxes');
      const counts = new Int32Array(256);
      const n = 256_000;
      for (let k = 0; k < n; k++) {
        const [i, j] = place(k) as [number, number];
        counts[Math.floor(draws.uniform(i, j) * 256)]!++;
      }
      let chi = 0;
      for (const count of counts) chi += (count - n / 256) ** 2 / (n / 256);
      // 255 degrees of freedom: mean 255, standard deviation 22.6; five of them either way.
      expect(chi).toBeGreaterThan(142);
      expect(chi).toBeLessThan(368);
    }
  });

  test('neighbours, streams and seeds are uncorrelated', () => {
    const n = 50_000;
    const correlation = (a: (k: number) => number, b: (k: number) => number) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (a(k) - 0.5) * (b(k) - 0.5) * 12;
      return sum / n;
    };
    const draws = stream(9, 'a');
    const pairs: [(k: number) => number, (k: number) => number][] = [
      [(k) => draws.uniform(k), (k) => draws.uniform(k + 1)],
      [(k) => draws.uniform(k, 0), (k) => draws.uniform(k, 1)],
      [(k) => draws.uniform(k), (k) => stream(9, 'b').uniform(k)],
      [(k) => draws.uniform(k), (k) => stream(10, 'a').uniform(k)],
    ];
    // Standard error 1/√n = 0.0045.
    for (const [a, b] of pairs) expect(Math.abs(correlation(a, b))).toBeLessThan(0.02);
  });

  test('normal draws have mean 0, variance 1 and a normal’s fourth moment', () => {
    const draws = stream(3, 'normal');
    const n = 100_000;
    let mean = 0;
    let square = 0;
    let fourth = 0;
    for (let k = 0; k < n; k++) {
      const x = draws.normal(k);
      mean += x / n;
      square += (x * x) / n;
      fourth += (x * x * x * x) / n;
    }
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(square - 1)).toBeLessThan(0.02);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.15);
  });

  test('a permutation holds every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (n, seed) => {
        const order = permutation(n, stream(seed, 'p'));
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, k) => k));
      }),
    );
  });

  test('an index is drawn by its weight, never one of weight 0', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 })
          .filter((w) => w.some((x) => x > 0)),
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        (weights, uniform) => {
          const sums = cumulative(weights);
          const k = drawIndex(sums, uniform);
          expect(weights[k]).toBeGreaterThan(0);
          const before = k === 0 ? 0 : sums[k - 1]!;
          const target = uniform * sums[sums.length - 1]!;
          expect(before <= target && target < sums[k]!).toBe(true);
        },
      ),
    );
  });
});
