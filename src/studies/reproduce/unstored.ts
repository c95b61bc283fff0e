/** A claim of which no run is stored, as a study that the page can fill: the same cells without figures. */
import { findTwin } from '../../data/simulate';
import type { Claim } from '../claims';
import { storedVariant } from '../evidence/assemble';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import type { Repeat } from './agreement';
import { claimRows } from './claimRows';
import type { ClaimAt } from './claimRows';
import { repeatableCells } from './repeats';
import type { RepeatableCell } from './repeats';

/** As many as a verdict asks for. */
const SEEDS = [1, 2, 3, 4, 5];

const undefinedFigures = { overall: null, mean: null, scenarios: [] };

/**
 * The cells that test a claim in its world as it is, with the studies' own budget, so that a study that stores them later finds them run.
 *
 * @throws RangeError where this version lacks a variant of the claim
 */
function unstoredStudy({ paper, world, test }: Claim): StoredStudy {
  const ids = test.value === undefined ? [test.variant, test.against] : [test.variant];
  const { title } = findTwin(world);
  return {
    format: 'scenarium-study/1',
    id: paper,
    title,
    made: { date: '', backend: 'wasm', threads: 1, version: '' },
    worlds: [
      {
        id: world,
        title,
        base: world,
        dose: null,
        knob: null,
        simulated: true,
        fingerprint: '',
        scenarios: [],
        ceilings: undefinedFigures,
      },
    ],
    variants: ids.map((variant) => storedVariant(variant, paper)),
    cells: SEEDS.flatMap((seed) =>
      ids.map((variant) => ({
        world,
        variant,
        seed,
        figures: {},
        bestStep: 0,
        steps: 0,
        seconds: 0,
        parameters: 0,
      })),
    ),
  };
}

/** Cells of an unstored study; none where this version lacks what the claim names. */
export function unstoredCells(claim: Claim): readonly RepeatableCell[] {
  try {
    const study = unstoredStudy(claim);
    return repeatableCells(study, study.cells);
  } catch {
    return [];
  }
}

/** What the runs of this browser say of a claim; null before there is one of each side. */
export function judgedHere(
  claim: Claim,
  cells: readonly RepeatableCell[],
  repeats: ReadonlyMap<string, Repeat>,
): ClaimAt | null {
  const [first] = cells;
  const scenarios: StudyWorld['scenarios'] | undefined = [...repeats.values()][0]?.scenarios;
  if (!first || !scenarios) return null;
  const study: StoredStudy = {
    ...first.study,
    worlds: first.study.worlds.map((world) => ({ ...world, scenarios })),
    cells: cells.flatMap(({ cell, key }) => {
      const repeat = repeats.get(key);
      return repeat ? [{ ...cell, figures: { ...repeat.figures } }] : [];
    }),
  };
  const found = claimRows([claim], [study])[0]?.strongest ?? null;
  return found && found.result.pairs > 0 ? found : null;
}
