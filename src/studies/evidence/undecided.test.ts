import { expect, it } from 'vitest';
import { claimsOf } from '../claims';
import { madeUpStudy } from '../reproduce/testing';
import { cellName, undecidedCells } from './undecided';
import { verdicts } from './verdict';
import type { StoredStudy, StudyCell } from './format';

/** A study of M-scan in which the eliminator seems to win a little, and the scenario branch by chance alone. */
function study(gain: number, noise: number): StoredStudy {
  const made = madeUpStudy('mscan');
  const ids = ['mscan', 'mscan:with-saca-without-sbe'];
  const variants = ids.map((id) => ({ ...made.variants[0]!, id, name: id }));
  const world = { ...made.worlds[0]!, id: 'places-4', base: 'places-4', knob: 'directEffect', dose: 0.75 };
  const cells = [1, 2, 3, 4, 5].flatMap((seed): StudyCell[] =>
    ids.map((variant, v) => {
      const value = 0.7 + seed * 1e-3 + (v === 0 ? gain + [-1, 1, 0.4, -0.4, 0][seed - 1]! * noise : 0);
      const figure = { overall: value, mean: value, scenarios: world.scenarios.map(() => value) };
      return {
        ...{ world: world.id, variant, seed, bestStep: 1, steps: 2, seconds: 3, parameters: 4 },
        figures: { noiseFreeAuc: figure, interestAuc: figure },
      };
    }),
  );
  return { ...made, worlds: [world], variants, cells };
}

it('asks for both sides of what is undecided, for as many seeds as its verdict says', () => {
  const given = study(0.004, 0.006);
  const found = undecidedCells(given, 60);
  expect(found.within).toBeGreaterThan(0);
  const judged = [...verdicts(claimsOf('mscan').claims, given, given.worlds[0]!).values()];
  const asked = judged.flatMap(({ verdict, pairs, moreSeeds }) =>
    verdict === 'undecided' && moreSeeds !== null ? [pairs + moreSeeds] : [],
  );
  for (const seeds of asked) {
    const of = (variant: string, seed: number) => cellName({ world: 'places-4', variant, seed });
    for (const variant of ['mscan', 'mscan:with-saca-without-sbe'])
      expect(found.cells).toContain(of(variant, Math.min(seeds, 60)));
  }
  expect(
    Math.max(...found.cells.map((name) => (JSON.parse(name) as [string, string, number])[2])),
  ).toBeGreaterThan(5);
});

it('asks for nothing where all is decided, or where a verdict is too far away', () => {
  const clear = undecidedCells(study(0.02, 0.001), 20);
  expect([clear.cells, clear.within, clear.beyond]).toEqual([[], 0, 0]);
  const far = undecidedCells(study(0.004, 0.006), 6);
  expect(far.cells).toEqual([]);
  expect(far.within).toBe(0);
  expect(far.beyond).toBeGreaterThan(0);
  const { within, beyond } = undecidedCells(study(0.004, 0.006), 60);
  expect(within + beyond).toBe(far.beyond);
});

it('knows no claims of the study of all models', () => {
  expect(undecidedCells({ ...study(0.004, 0.006), id: 'ranks' }, 60)).toEqual({
    cells: [],
    within: 0,
    beyond: 0,
  });
});
