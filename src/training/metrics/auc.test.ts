import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc, noiseFreeAuc, weightedAuc } from './auc';

/** The definition itself: every pair of a positive and a negative. */
function overPairs(
  score: readonly number[],
  positive: readonly number[],
  negative: readonly number[],
): number | null {
  let won = 0;
  let pairs = 0;
  for (let i = 0; i < score.length; i++) {
    for (let j = 0; j < score.length; j++) {
      const weight = positive[i]! * negative[j]!;
      pairs += weight;
      won += weight * (score[i]! > score[j]! ? 1 : score[i] === score[j] ? 0.5 : 0);
    }
  }
  return pairs > 0 ? won / pairs : null;
}

/** Few different scores, so that ties are the rule. */
const rows = fc.array(
  fc.record({
    score: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e3, max: 1e3 })),
    label: fc.constantFrom(0, 1),
    weight: fc.integer({ min: 0, max: 4 }),
    // Not the smallest doubles: a product of two of them is 0.
    p: fc.integer({ min: 0, max: 1000 }).map((k) => k / 1000),
  }),
  { maxLength: 40 },
);

const close = (a: number | null, b: number | null): void => {
  if (a === null || b === null) expect(a).toBe(b);
  else expect(a).toBeCloseTo(b, 10);
};

describe('AUC', () => {
  it('equals the share of won pairs, ties half', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const score = all.map((r) => r.score);
        close(
          auc(
            score,
            all.map((r) => r.label),
          ),
          overPairs(
            score,
            all.map((r) => r.label),
            all.map((r) => 1 - r.label),
          ),
        );
      }),
    );
  });

  it('weighs every pair by both rows', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const score = all.map((r) => r.score);
        const positive = all.map((r) => r.weight * r.p);
        const negative = all.map((r) => r.weight * (1 - r.p));
        close(weightedAuc(score, positive, negative), overPairs(score, positive, negative));
        close(
          noiseFreeAuc(
            score,
            all.map((r) => r.p),
            all.map((r) => r.weight),
          ),
          overPairs(score, positive, negative),
        );
      }),
    );
  });

  it('a row of weight k counts as k equal rows', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const many = all.flatMap((r) => Array.from({ length: r.weight }, () => r));
        close(
          auc(
            all.map((r) => r.score),
            all.map((r) => r.label),
            all.map((r) => r.weight),
          ),
          auc(
            many.map((r) => r.score),
            many.map((r) => r.label),
          ),
        );
      }),
    );
  });

  it('depends on the order of scores only, and turning the order round gives 1 - AUC', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const label = all.map((r) => r.label);
        const score = all.map((r) => Math.round(r.score));
        const straight = auc(score, label);
        close(
          auc(
            score.map((s) => 3 * s - 7),
            label,
          ),
          straight,
        );
        close(
          auc(
            score.map((s) => -s),
            label,
          ),
          straight === null ? null : 1 - straight,
        );
      }),
    );
  });

  it('no ranking beats the true probability in noise-free AUC', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const p = all.map((r) => r.p);
        const ceiling = noiseFreeAuc(p, p);
        const reached = noiseFreeAuc(
          all.map((r) => r.score),
          p,
        );
        if (ceiling !== null && reached !== null) expect(reached).toBeLessThanOrEqual(ceiling + 1e-12);
      }),
    );
  });

  it('is undefined with one class, without rows, and for a score that is no number', () => {
    expect(auc([0.1, 0.9], [1, 1])).toBeNull();
    expect(auc([0.1, 0.9], [0, 0])).toBeNull();
    expect(auc([], [])).toBeNull();
    expect(auc([Number.NaN, 0.9], [0, 1])).toBeNull();
  });

  it('counts infinite scores and both zeros in their place', () => {
    expect(auc([Infinity, -Infinity, 0, -0], [1, 0, 1, 0])).toBe(0.875);
  });

  it('ranks 200,000 rows in well under a second', () => {
    const n = 200_000;
    const score = Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898));
    const label = Float32Array.from({ length: n }, (_, i) => (i % 25 === 0 ? 1 : 0));
    const start = performance.now();
    expect(auc(score, label)).toBeGreaterThan(0.4);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
