import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairnessCoefficients, limitedCoefficients, quantileBoundaries } from './coefficients';
import { exposureShares, fairnessDrift, fairnessProbes } from './probes';

const logs = fc
  .array(
    fc.record({
      item: fc.integer({ min: 0, max: 6 }),
      scenario: fc.integer({ min: 0, max: 2 }),
      value: fc.float({ min: Math.fround(0.01), max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => ({
    item: Int32Array.from(rows, (row) => row.item),
    scenario: Int16Array.from(rows, (row) => row.scenario),
    value: Float32Array.from(rows, (row) => row.value),
  }));

describe('fairness coefficients (Eq 1)', () => {
  it('equal an independent computation row by row', () => {
    const fixture = JSON.parse(readFileSync('tests/reference/sarnet/fixtures/coefficients.json', 'utf8')) as {
      item: number[];
      scenario: number[];
      prediction: number[];
      coefficient: number[];
      limit: number;
      minimum: number;
      limited: number[];
    };
    const log = {
      item: Int32Array.from(fixture.item),
      scenario: Int16Array.from(fixture.scenario),
      value: Float32Array.from(fixture.prediction),
    };
    const found = fairnessCoefficients(log);
    fixture.coefficient.forEach((expected, row) => expect(found[row]).toBeCloseTo(expected, 5));
    const { limit, minimum } = fixture;
    const limited = limitedCoefficients(log, { limit, minimum });
    fixture.limited.forEach((expected, row) => expect(limited[row]).toBeCloseTo(expected, 5));
    // The log has pairs that are too rare, pairs at each limit, and pairs between.
    const kinds = fixture.limited.map((value) =>
      value === 1 ? 'rare' : value === limit ? 'high' : value < 0.87 ? 'low' : 'free',
    );
    expect([...new Set(kinds)].sort()).toEqual(['free', 'high', 'low', 'rare']);
  });

  it('average to 1 over the rows of every scenario', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const found = fairnessCoefficients(log);
        for (const s of new Set(log.scenario)) {
          const own = found.filter((_, row) => log.scenario[row] === s);
          expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('fall when an item is shown more often at the same total prediction', () => {
    const log = (extra: number) => ({
      item: Int32Array.from([0, 1, ...Array<number>(extra).fill(0)]),
      scenario: new Int16Array(2 + extra),
      value: Float32Array.from([0.2, 0.2, ...Array<number>(extra).fill(0.02)]),
    });
    expect(fairnessCoefficients(log(5))[0]!).toBeLessThan(fairnessCoefficients(log(0))[0]!);
  });

  it('are held within limits and are 1 for pairs with few rows', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 4 }), (log, minimum) => {
        const found = limitedCoefficients(log, { limit: 2, minimum });
        found.forEach((value, row) => {
          const rows = log.item.filter(
            (item, r) => item === log.item[row] && log.scenario[r] === log.scenario[row],
          );
          expect(value).toBeGreaterThanOrEqual(0.5);
          expect(value).toBeLessThanOrEqual(2);
          if (rows.length < minimum) expect(value).toBe(1);
        });
      }),
    );
  });
});

describe('probes of the coefficients', () => {
  it('say undefined where no truth or no row is', () => {
    const [zeros, ones] = [0, 1].map((value) => Array.from({ length: 6 }, () => value)) as [
      number[],
      number[],
    ];
    const [groups, byScenario, recovery, ranges] = fairnessProbes(
      Float32Array.of(1, 2),
      Int16Array.of(0, 0),
      2,
      null,
    );
    expect([...groups!.defined]).toEqual([...zeros, ...zeros, ...ones]);
    expect([...byScenario!.defined]).toEqual([...ones, ...zeros]);
    expect([...recovery!.defined]).toEqual([0]);
    expect([...ranges!.defined]).toEqual([...Array<number>(16).fill(0), ...Array<number>(8).fill(1)]);
  });

  it('sort rows of each kind into ranges that share them out', () => {
    const truth = Uint8Array.of(1, 1, 0, 0, 0);
    const ranges = fairnessProbes(Float32Array.of(0.3, 0.7, 1, 1.05, 3), new Int16Array(5), 1, truth)[3]!;
    const row = (k: number): number[] => [...ranges.values.subarray(8 * k, 8 * (k + 1))];
    expect(row(0)).toEqual([0.5, 0.5, 0, 0, 0, 0, 0, 0]);
    const [third, fifth] = [Math.fround(1 / 3), Math.fround(1 / 5)];
    expect(row(1)).toEqual([0, 0, 0, 0, Math.fround(2 / 3), 0, 0, third]);
    expect(row(2)).toEqual([fifth, fifth, 0, 0, Math.fround(2 / 5), 0, 0, fifth]);
  });

  it('measure how far a refresh moved each scenario’s coefficients, and nothing at the first one', () => {
    const scenario = Int16Array.of(0, 0, 1);
    const [before, after] = [Float32Array.of(1, 1, 2), Float32Array.of(Math.E, 1, 2)];
    const moved = fairnessDrift(before, after, scenario, 3);
    expect([...moved.defined]).toEqual([1, 1, 0]);
    expect(moved.values[0]).toBeCloseTo(0.5, 6);
    expect(moved.values[1]).toBe(0);
    expect([...fairnessDrift(null, after, scenario, 3).defined]).toEqual([0, 0, 0]);
  });

  it('set what is shown beside what is predicted to earn, by category', () => {
    const shares = exposureShares(Int32Array.of(1, 1, 1, 2), Float32Array.of(0.1, 0.1, 0.1, 0.9), 3);
    expect(shares.shape).toEqual([2, 3]);
    [0, 0.75, 0.25, 0, 0.25, 0.75].forEach((value, i) => expect(shares.values[i]).toBeCloseTo(value, 6));
  });

  it('recover intervened rows by low coefficients', () => {
    const truth = Uint8Array.of(1, 0, 1, 0);
    const recovery = fairnessProbes(Float32Array.of(0.2, 1.1, 0.5, 0.9), new Int16Array(4), 1, truth)[2]!;
    expect(recovery.values[0]).toBe(1);
  });

  it('boundaries of tenths ascend', () => {
    const found = quantileBoundaries(
      Float32Array.from({ length: 100 }, (_, k) => (k * 37) % 100),
      10,
    );
    expect([...found]).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });
});
