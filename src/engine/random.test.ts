import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash3, normalArray, permutation, streamSeed, uniformArray, uniformAt } from './random';

/** pcg3d in arbitrary precision, as printed in the paper. */
function pcg3d(x: number, y: number, z: number): number {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const scramble = (value: number): bigint => word(BigInt(value >>> 0) * 1664525n + 1013904223n);
  let [a, b, c] = [scramble(x), scramble(y), scramble(z)];
  const round = (): void => {
    a = word(a + b * c);
    b = word(b + c * a);
    c = word(c + a * b);
  };
  round();
  [a, b, c] = [a ^ (a >> 16n), b ^ (b >> 16n), c ^ (c >> 16n)];
  return Number(word(a + b * c));
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('random numbers', () => {
  it('are pcg3d', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (x, y, z) => {
        expect(hash3(x, y, z)).toBe(pcg3d(x, y, z));
      }),
    );
  });

  it('depend on seed, stream and counter alone', () => {
    const all = uniformArray(3, 'a', 50);
    expect(uniformArray(3, 'a', 10)).toEqual(all.slice(0, 10));
    expect(uniformAt(3, 'a', 17)).toBe(all[17]);
    expect(uniformArray(3, 'b', 50)).not.toEqual(all);
    expect(uniformArray(4, 'a', 50)).not.toEqual(all);
    expect(streamSeed(1, 'ab')).not.toBe(streamSeed(1, 'ba'));
  });

  it('are uniform and normal', () => {
    const uniform = uniformArray(1, 'u', 40_000);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    const normal = normalArray(1, 'n', 40_001, 2, 3);
    expect(mean(normal)).toBeCloseTo(2, 1);
    expect(mean(normal.map((value) => (value - 2) ** 2))).toBeGreaterThan(8.8);
    expect(mean(normal.map((value) => (value - 2) ** 2))).toBeLessThan(9.2);
    const beyond = normal.filter((value) => Math.abs(value - 2) > 6).length / normal.length;
    expect(beyond).toBeGreaterThan(0.04);
    expect(beyond).toBeLessThan(0.051);
  });

  it('normal numbers follow the logarithm of the platform to float32', () => {
    // The polar method with Math.log in the place of our own logarithm.
    const ours = normalArray(8, 5, 2000);
    const key = hash3(8, 5, 0x2f6b);
    for (let i = 0; i < 2000; i += 2) {
      for (let retry = 0; ; retry++) {
        const u = hash3(i, key, 2 + 2 * retry) / 2 ** 31 - 1;
        const v = hash3(i, key, 3 + 2 * retry) / 2 ** 31 - 1;
        const r = u * u + v * v;
        if (r >= 1 || r === 0) continue;
        expect(ours[i]).toBeCloseTo(u * Math.sqrt((-2 * Math.log(r)) / r), 6);
        break;
      }
    }
  });

  it('permutations hold every number once', () => {
    const order = permutation(5, 'epoch 1', 1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(5, 'epoch 2', 1000)).not.toEqual(order);
    const fixed = order.filter((value, i) => value === i).length;
    expect(fixed).toBeLessThan(10);
  });
});
