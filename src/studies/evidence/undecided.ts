/** Which runs would decide what is undecided: more seeds where they pay. */
import { CLAIMING_PAPERS, claimsOf } from '../claims';
import { HYPOTHESES } from '../claims/hypotheses';
import { testHypotheses } from './hypotheses';
import { verdicts, type Verdict } from './verdict';
import type { PlannedCell } from './plans';
import type { StoredStudy, StudyWorld } from './format';

/** A run of a study by its place in it. */
export const cellName = ({ world, variant, seed }: Pick<PlannedCell, 'world' | 'variant' | 'seed'>): string =>
  JSON.stringify([world, variant, seed]);

interface Undecided {
  /** Names of the runs that are asked for, those that are there already among them. */
  readonly cells: readonly string[];
  /** Claims and hypotheses, each in one world, that come to a verdict four times in five with as many seeds. */
  readonly within: number;
  /** Those that ask for more, or for more than anyone can say. */
  readonly beyond: number;
}

/** Two variants in the worlds that they are compared in. */
interface Asked {
  readonly verdict: Verdict;
  readonly variants: readonly string[];
  readonly worlds: readonly StudyWorld[];
}

function allOf(study: StoredStudy): readonly Asked[] {
  if (!CLAIMING_PAPERS.includes(study.id)) return [];
  const { claims } = claimsOf(study.id);
  const sides = ({
    variant,
    against,
    value,
  }: {
    variant: string;
    against: string;
    value?: number | undefined;
  }) => (value === undefined ? [variant, against] : [variant]);
  const ofClaims = study.worlds.flatMap((world) => {
    const judged = verdicts(claims, study, world);
    return claims.flatMap(({ id, test }): Asked[] => {
      const verdict = judged.get(id);
      return verdict ? [{ verdict, variants: sides(test), worlds: [world] }] : [];
    });
  });
  const base = claims[0]?.world;
  const doses = study.worlds.filter((world) => world.base === base && world.dose !== null);
  const ofHypotheses = testHypotheses(HYPOTHESES[study.id] ?? [], study, doses).map(
    ({ hypothesis: { test, beyond }, dose, verdict }): Asked => ({
      verdict,
      variants: sides(test),
      worlds: doses.filter((world) => world.dose === dose || world.dose === beyond),
    }),
  );
  return [...ofClaims, ...ofHypotheses];
}

/**
 * Runs that undecided claims and hypotheses of a study ask for, each with the seeds that it needs for a verdict four times in five. One that asks for
 * more than `most` seeds gets none: part of them would decide nothing.
 *
 * @param most seeds 1 … most
 */
export function undecidedCells(study: StoredStudy, most: number): Undecided {
  const cells = new Set<string>();
  let [within, beyond] = [0, 0];
  for (const { verdict, variants, worlds } of allOf(study)) {
    if (verdict.verdict !== 'undecided') continue;
    const seeds = verdict.moreSeeds === null ? Infinity : verdict.pairs + verdict.moreSeeds;
    if (seeds > most) {
      beyond++;
      continue;
    }
    within++;
    for (const world of worlds)
      for (const variant of variants)
        for (let seed = 1; seed <= seeds; seed++) cells.add(cellName({ world: world.id, variant, seed }));
  }
  return { cells: [...cells], within, beyond };
}
