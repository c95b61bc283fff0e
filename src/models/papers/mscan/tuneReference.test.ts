import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { debiasedScores, referenceGrid } from './debiasedScores';
import { bestReference } from './tuneReference';

const scores = fc.float({ min: -50, max: 50, noNaN: true });
const gates = fc.float({ min: Math.fround(0.01), max: Math.fround(0.99), noNaN: true });

/** Ranks of values, ties alike. */
function order(values: ArrayLike<number>): number[] {
  const sorted = [...new Set(Array.from(values))].sort((x, y) => x - y);
  return Array.from(values, (value) => sorted.indexOf(value));
}

describe('choice of the counterfactual reference', () => {
  it('c = 0 scores as the fused logit does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(scores, gates), { minLength: 1, maxLength: 30 }), (rows) => {
        const match = Float32Array.from(rows, ([m]) => m);
        const gate = Float32Array.from(rows, ([, g]) => g);
        const fused = Array.from(match, (m, row) => m * gate[row]!);
        expect(order(debiasedScores(match, gate, 0))).toEqual(order(fused));
      }),
    );
  });

  it('does not change a ranking where the gate is constant', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 }),
        scores,
        (rows, c) => {
          const match = Float32Array.from(rows, (value) => value / 16);
          const gate = new Float32Array(rows.length).fill(0.0625);
          expect(order(debiasedScores(match, gate, c))).toEqual(order(match));
        },
      ),
    );
  });

  it('tries 21 values, symmetric about an exact 0', () => {
    const grid = referenceGrid(Float32Array.of(-2, 4));
    expect(grid).toHaveLength(21);
    expect(grid[10]).toBe(0);
    expect(grid[0]).toBeCloseTo(-4.5, 6);
    expect(grid[20]).toBeCloseTo(4.5, 6);
    expect(referenceGrid(new Float32Array(3))).toEqual([0]);
  });

  it('prefers the better AUC, and of equals the reference nearest to 0', () => {
    const match = Float32Array.of(1, 2);
    const gate = Float32Array.of(0.5, 0.1);
    // Rewards any reference that puts the first row below the second.
    const found = bestReference(match, gate, (score) => (score[0]! < score[1]! ? 1 : 0));
    expect(found.c).toBeGreaterThan(0);
    expect(bestReference(match, gate, () => 0.5).c).toBe(0);
    expect(bestReference(match, gate, () => null).c).toBe(0);
  });
});
