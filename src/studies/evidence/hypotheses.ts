/** What came of hypotheses, dose by dose. */
import { differencesBySeed, pairBySeed, type BySeed } from './values';
import { judgeFamily, sideValues, type Comparison, type Verdict } from './verdict';
import type { Hypothesis } from '../claims/hypotheses';
import type { StoredStudy, StudyWorld } from './format';

export interface TestedHypothesis {
  readonly hypothesis: Hypothesis;
  readonly dose: number;
  readonly verdict: Verdict;
}

/** Differences by seed, as one side against nothing. */
function differences(test: Hypothesis['test'], study: StoredStudy, world: StudyWorld): BySeed {
  return differencesBySeed(...sideValues(test, study, world));
}

/** Both sides at a dose; of one that is held against another dose or other scenarios, both differences, paired by seed. */
function compared(
  hypothesis: Hypothesis,
  study: StoredStudy,
  world: StudyWorld,
  other: StudyWorld | null,
): Comparison {
  const { test, beyond, beyondOf } = hypothesis;
  const { metric, expected } = test;
  if (beyond === undefined && beyondOf === undefined)
    return { metric, expected, ...pairBySeed(...sideValues(test, study, world)) };
  const place = beyond === undefined ? world : other;
  const there: BySeed = place
    ? differences({ ...test, of: beyondOf ?? test.of }, study, place)
    : new Map<number, number | null>();
  return { metric, expected, ...pairBySeed(differences(test, study, world), there) };
}

/** Every hypothesis at each of its doses. All tests of a page are one family, over which p is adjusted. */
export function testHypotheses(
  hypotheses: readonly Hypothesis[],
  study: StoredStudy,
  worlds: readonly StudyWorld[],
): readonly TestedHypothesis[] {
  const at = (dose: number | undefined): StudyWorld | null =>
    worlds.find((world) => world.dose === dose) ?? null;
  const tests = hypotheses.flatMap((hypothesis) =>
    hypothesis.doses.map((dose) => {
      const world = at(dose);
      const { metric, expected } = hypothesis.test;
      const sides: Comparison = world
        ? compared(hypothesis, study, world, at(hypothesis.beyond))
        : { metric, expected, a: [], b: [] };
      return { hypothesis, dose, sides };
    }),
  );
  const found = judgeFamily(tests.map(({ sides }) => sides));
  return tests.map(({ hypothesis, dose }, k) => ({ hypothesis, dose, verdict: found[k]! }));
}
