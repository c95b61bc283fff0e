import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../tests/support/smallDataset';
import { batchOrder, evaluationSample, rowsOfEachScenario, rowsOfSplit } from './sampling';

const dataset = smallDataset(900);

describe('mini-batches', () => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    batch: fc.integer({ min: 1, max: 64 }),
    seed: fc.integer(),
  });
  const numbers = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => 3 * i + 1);

  it('hold rows of the split, each at most once an epoch, whole batches only', () => {
    fc.assert(
      fc.property(cases, ({ rows, batch, seed }) => {
        const order = batchOrder(numbers(rows), batch, seed);
        const epoch = Array.from({ length: order.perEpoch }, (_, drawn) => [...order.rows(drawn)]);
        for (const chosen of epoch) expect(chosen).toHaveLength(Math.min(batch, rows));
        const all = epoch.flat();
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((row) => row % 3 === 1 && row <= 3 * rows)).toBe(true);
        expect(rows - all.length).toBeLessThan(batch);
      }),
    );
  });

  it('depend on seed and place alone, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat(40), { maxLength: 8 }), ({ rows, batch, seed }, places) => {
        const forward = batchOrder(numbers(rows), batch, seed);
        const expected = new Map(
          [...places].sort((a, b) => a - b).map((drawn) => [drawn, [...forward.rows(drawn)]] as const),
        );
        const jumping = batchOrder(numbers(rows), batch, seed);
        for (const drawn of places) expect([...jumping.rows(drawn)]).toEqual(expected.get(drawn));
      }),
    );
  });

  it('come in another order every epoch and for every seed', () => {
    const order = batchOrder(numbers(640), 64, 1);
    expect([...order.rows(0)]).not.toEqual([...order.rows(10)]);
    expect([...order.rows(0)]).not.toEqual([...batchOrder(numbers(640), 64, 2).rows(0)]);
  });

  it('need a row', () => {
    expect(() => batchOrder(new Int32Array(0), 8, 1)).toThrow(/no training rows/);
  });
});

describe('splits', () => {
  it('take every row once', () => {
    const all = (['train', 'validation', 'test'] as const).flatMap((split) => [
      ...rowsOfSplit(dataset, split),
    ]);
    expect(all.sort((a, b) => a - b)).toEqual([...Array(900).keys()]);
  });
});

describe('an evaluation sample', () => {
  it('holds at most so many rows of each scenario, of the split, in the order of the file', () => {
    for (const perScenario of [1, 5, 20, Infinity]) {
      const { rows } = evaluationSample(dataset, 'validation', perScenario);
      expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
      const counts = dataset.scenarios.map(() => 0);
      for (const row of rows) {
        expect(dataset.split[row]).toBe(1);
        counts[dataset.scenario[row]!]!++;
      }
      const all = rowsOfSplit(dataset, 'validation');
      counts.forEach((count, s) => {
        const there = all.filter((row) => dataset.scenario[row] === s).length;
        expect(count).toBe(Math.min(perScenario, there));
      });
    }
  });

  it('grows with the number of scenarios up to six, and then hardly', () => {
    const total = (scenarios: number): number => scenarios * rowsOfEachScenario(4000, scenarios);
    expect([1, 3, 6].map(total)).toEqual([4000, 12_000, 24_000]);
    expect(total(25)).toBe(24_000);
    expect(rowsOfEachScenario(4000, 355)).toBe(67);
    expect(rowsOfEachScenario(100, 355)).toBe(50);
    expect(rowsOfEachScenario(20, 355)).toBe(20);
  });

  it('weighs its rows so that every scenario keeps the weight it had', () => {
    // Equal weights within a scenario, as files have them.
    const weighted = { ...dataset, weight: Float32Array.from(dataset.scenario, (s) => 1 + s / 2) };
    const sums = (perScenario: number): number[] => {
      const { rows, weight } = evaluationSample(weighted, 'test', perScenario);
      const out = dataset.scenarios.map(() => 0);
      rows.forEach((row, i) => (out[dataset.scenario[row]!]! += weight[i]!));
      return out;
    };
    const whole = sums(Infinity);
    sums(3).forEach((sum, s) => expect(sum).toBeCloseTo(whole[s]!, 4));
  });
});
