import { describe, expect, it } from 'vitest';
import { claimsOf, CLAIMING_PAPERS } from '../claims';
import type { Repeat } from './agreement';
import { judgedHere, unstoredCells } from './unstored';

describe('a claim of which nothing is stored', () => {
  it('can be trained here, whatever its variant is: five seeds of each side in its world', () => {
    const claims = CLAIMING_PAPERS.flatMap((paper) => claimsOf(paper).claims);
    const one = new Map(claims.map((claim) => [claim.test.variant, claim]));
    expect(one.size).toBeGreaterThan(10);
    for (const claim of one.values()) {
      const cells = unstoredCells(claim);
      const sides = claim.test.value === undefined ? 2 : 1;
      expect(cells, claim.id).toHaveLength(5 * sides);
      const able = cells.filter(({ setup }) => setup !== null);
      expect(able.every(({ setup }) => setup?.dataset === claim.world)).toBe(true);
      expect(able, claim.id).toHaveLength(cells.length);
    }
  });

  it('is judged by the runs of this browser once both sides have one', () => {
    const claim = claimsOf('causalint').claims.find(({ test }) => test.of === 'largest')!;
    const cells = unstoredCells(claim);
    const repeat = (auc: number): Repeat => ({
      run: 'r',
      backend: 'wasm',
      version: '0.1.0',
      fingerprint: '',
      scenarios: [{ id: 'a', name: 'A', share: 1 }],
      figures: { [claim.test.metric]: { overall: auc, mean: auc, scenarios: [auc] } },
    });
    const ran = (chosen: typeof cells) =>
      new Map(
        chosen.map(({ key, cell }) => {
          const gain = cell.variant === claim.test.variant ? 0.03 + 0.001 * cell.seed : 0;
          return [key, repeat(0.7 + gain)];
        }),
      );
    expect(judgedHere(claim, cells, new Map())).toBeNull();
    expect(judgedHere(claim, cells, ran(cells.slice(0, 1)))).toBeNull();
    expect(judgedHere(claim, cells, ran(cells.slice(0, 2)))?.result.verdict).toBe('undecided');
    const all = judgedHere(claim, cells, ran(cells))!.result;
    expect(all.verdict).toBe('confirmed');
    expect(all.effect).toBeCloseTo(0.033, 12);
    expect(all.pairs).toBe(5);
  });
});
