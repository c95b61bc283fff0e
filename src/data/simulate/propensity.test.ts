import { describe, expect, it } from 'vitest';
import { CANDIDATES } from './audience';
import { shownProbabilities } from './propensity';
import { TINY, tinyDataset } from './testing';

/** The same by every possible list of candidates. */
function enumerated(shares: readonly number[], weights: readonly number[]): number[] {
  const shown = shares.map(() => 0);
  const lists = shares.length ** CANDIDATES;
  for (let list = 0; list < lists; list++) {
    const drawn = Array.from(
      { length: CANDIDATES },
      (_, c) => Math.floor(list / shares.length ** c) % shares.length,
    );
    const chance = drawn.reduce((product, k) => product * shares[k]!, 1);
    const total = drawn.reduce((sum, k) => sum + weights[k]!, 0);
    for (const k of drawn) shown[k]! += (chance * weights[k]!) / total;
  }
  return shown;
}

describe('how likely an item was shown', () => {
  it.each([
    [
      [0.5, 0.3, 0.2],
      [1, 1, 1],
    ],
    [
      [0.7, 0.2, 0.1],
      [0.2, 3, 9],
    ],
    [
      [0.25, 0.25, 0.25, 0.25],
      [0.001, 0.1, 20, 4000],
    ],
  ])('is what counting all lists of candidates gives: %j, %j', (shares, weights) => {
    const shown = shownProbabilities(Float64Array.from(shares), Float64Array.from(weights));
    enumerated(shares, weights).forEach((expected, k) => expect(shown[k]).toBeCloseTo(expected, 7));
  });

  it('agrees with how often items are shown, forced exposures among them', async () => {
    const twin = { ...TINY, propensity: true };
    for (const policyMatch of [0, 1.5]) {
      const { truth, rows } = await tinyDataset(
        { policyMatch, intervention: 0.3, itemOverlap: 0.7 },
        1,
        twin,
      );
      expect(Math.min(...truth!.propensity!)).toBeGreaterThan(0);
      // E[1 / propensity] of what is shown is the number of items that may be: 120 where all are carried, less with overlap.
      const items = truth!.propensity!.reduce((sum, p) => sum + 1 / p, 0) / rows;
      const carried = 120 * (0.25 + 0.75 * 0.7);
      expect(items).toBeGreaterThan(0.8 * carried);
      expect(items).toBeLessThan(1.2 * carried);
    }
    expect((await tinyDataset()).truth!.propensity).toBeNull();
  });
});
