import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resplit, SPLIT_RULES } from './splits';
import { tinyDataset } from './simulate/testing';
import { datasets } from './testing';

const rules = Object.values(SPLIT_RULES);

describe('splits by time', () => {
  test('no row is later than a row of a later part, and equal moments stay together', async () => {
    let split = 0;
    await fc.assert(
      fc.asyncProperty(
        datasets,
        fc.constantFrom(...rules),
        fc.integer({ min: 1, max: 1000 }),
        async (make, rule, grain) => {
          const dataset = await make();
          if (!dataset.timestamp) {
            expect(() => resplit(dataset, rule)).toThrow(/no time column/);
            return;
          }
          const timestamp = dataset.timestamp.map((time) => Math.floor(time / grain));
          let moved;
          try {
            moved = resplit({ ...dataset, timestamp }, rule);
          } catch (error) {
            // Fewer than three moments, or all traffic in one: said in a sentence.
            expect(String(error)).toMatch(/too few moments/);
            return;
          }
          split++;
          for (let a = 0; a < dataset.rows; a++) {
            for (let b = 0; b < dataset.rows; b++) {
              if (timestamp[a]! < timestamp[b]!) expect(moved.split[a]).toBeLessThanOrEqual(moved.split[b]!);
              if (timestamp[a] === timestamp[b]) expect(moved.split[a]).toBe(moved.split[b]);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(split).toBeGreaterThan(5);
  });

  test('M-scan’s rule tests on the latest 40 %, AREAD’s is 90/5/5', () => {
    expect(1 - SPLIT_RULES.mscan.train - SPLIT_RULES.mscan.validation).toBeCloseTo(0.4, 10);
    expect([SPLIT_RULES.aread.train, SPLIT_RULES.aread.validation]).toEqual([0.9, 0.05]);
  });

  test.each(Object.keys(SPLIT_RULES) as (keyof typeof SPLIT_RULES)[])(
    '%s moves the borders over natural traffic and changes nothing else',
    async (id) => {
      const rule = SPLIT_RULES[id];
      const dataset = await tinyDataset();
      const moved = resplit(dataset, rule);
      const traffic = [0, 0, 0];
      for (let row = 0; row < dataset.rows; row++) traffic[moved.split[row]!]! += dataset.weight[row]!;
      const total = traffic.reduce((a, b) => a + b, 0);
      expect(traffic[0]! / total).toBeCloseTo(rule.train, 2);
      expect(traffic[1]! / total).toBeCloseTo(rule.validation, 2);
      expect({ ...moved, split: null }).toEqual({ ...dataset, split: null });
    },
  );
});
