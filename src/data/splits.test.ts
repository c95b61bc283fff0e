import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resplit, rowsOf, splitByTime, SPLIT_RULES } from './splits';
import { tinyDataset } from './simulate/testing';

const rules = Object.values(SPLIT_RULES);

describe('splits by time', () => {
  test('no row is later than a row of a later part, and equal moments stay together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(...rules),
        (times, rule) => {
          const split = splitByTime(Float64Array.from(times), rule);
          times.forEach((time, a) =>
            times.forEach((other, b) => {
              if (time < other) expect(split[a]).toBeLessThanOrEqual(split[b]!);
              if (time === other) expect(split[a]).toBe(split[b]);
            }),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(rules)('$id meets its shares when all moments differ', (rule) => {
    const times = Float64Array.from({ length: 1000 }, (_, k) => (k * 7919) % 1000);
    const split = splitByTime(times, rule);
    const count = (part: number) => split.filter((s) => s === part).length / 1000;
    expect(count(0)).toBeCloseTo(rule.train, 10);
    expect(count(1)).toBeCloseTo(rule.validation, 10);
  });

  test('M-scan’s rule tests on the latest 40 %, AREAD’s is 90/5/5', () => {
    expect(1 - SPLIT_RULES.mscan.train - SPLIT_RULES.mscan.validation).toBeCloseTo(0.4, 10);
    expect([SPLIT_RULES.aread.train, SPLIT_RULES.aread.validation]).toEqual([0.9, 0.05]);
  });

  test('a rule without test rows is refused', () => {
    const rule = { ...SPLIT_RULES.default, train: 0.9, validation: 0.1 };
    expect(() => splitByTime(new Float64Array(10), rule)).toThrow(/leave no rows/);
  });

  test('another rule moves the borders over natural traffic and changes nothing else', async () => {
    const dataset = await tinyDataset();
    const moved = resplit(dataset, SPLIT_RULES.mscan);
    const share = (part: number) => rowsOf(moved, part).reduce((sum, row) => sum + dataset.weight[row]!, 0);
    const total = share(0) + share(1) + share(2);
    expect(share(2) / total).toBeCloseTo(0.4, 2);
    expect(share(0) / total).toBeCloseTo(0.5, 2);
    expect({ ...moved, split: null }).toEqual({ ...dataset, split: null });
    expect(() => resplit({ ...dataset, timestamp: null }, SPLIT_RULES.mscan)).toThrow(/no time column/);
  });

  test('the parts’ rows are all rows, once', async () => {
    const dataset = await tinyDataset();
    const rows = [0, 1, 2].flatMap((part) => Array.from(rowsOf(dataset, part)));
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: dataset.rows }, (_, row) => row));
  });
});
