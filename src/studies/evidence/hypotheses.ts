/** What came of hypotheses, dose by dose. */
import { judgeFamily, sidesOf, type Comparison, type Verdict } from './verdict';
import type { Hypothesis } from '../claims/hypotheses';
import type { StoredStudy, StudyWorld } from './format';

export interface TestedHypothesis {
  readonly hypothesis: Hypothesis;
  readonly dose: number;
  readonly verdict: Verdict;
}

/** Differences by seed, as one side against nothing. */
function differences({ a, b }: Pick<Comparison, 'a' | 'b'>): (number | null)[] {
  return a.map((value, k) => {
    const other = b[k] ?? null;
    return value === null || other === null ? null : value - other;
  });
}

/** Both sides at a dose; of one that is held against another dose or other scenarios, both differences, seed by seed as they were trained. */
function compared(
  hypothesis: Hypothesis,
  study: StoredStudy,
  world: StudyWorld,
  other: StudyWorld | null,
): Comparison {
  const { test, beyond, beyondOf } = hypothesis;
  const { metric, direction } = test;
  const here = sidesOf(hypothesis, study, world);
  if (beyond === undefined && beyondOf === undefined) return { metric, direction, ...here };
  const place = beyond === undefined ? world : other;
  const held = { test: { ...test, of: beyondOf ?? test.of } };
  const there = place ? differences(sidesOf(held, study, place)) : [];
  const own = differences(here);
  const pairs = Math.min(own.length, there.length);
  return { metric, direction, a: own.slice(0, pairs), b: there.slice(0, pairs) };
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
      const { metric, direction } = hypothesis.test;
      const sides: Comparison = world
        ? compared(hypothesis, study, world, at(hypothesis.beyond))
        : { metric, direction, a: [], b: [] };
      return { hypothesis, dose, sides };
    }),
  );
  const found = judgeFamily(tests.map(({ sides }) => sides));
  return tests.map(({ hypothesis, dose }, k) => ({ hypothesis, dose, verdict: found[k]! }));
}
