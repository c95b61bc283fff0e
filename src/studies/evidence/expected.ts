/** What is expected of a difference, the test that the expectation asks for, and the test of its contrary. */
import { equivalenceTest, oneSidedTest, pairedPower, pairedTest, powerWithin } from '../statistics';

/**
 * - `higher`, `lower`: the difference is above, or below, 0
 * - `no difference`: it is within ± the margin
 * - `not lower`: it is above − the margin (non-inferiority)
 * - `barely higher`: it is above 0 and below the margin
 */
export type Expected = 'higher' | 'lower' | 'no difference' | 'not lower' | 'barely higher';

/** p of both; null where no test can be made. */
export interface ExpectedTests {
  readonly inFavour: number | null;
  readonly against: number | null;
  /** Of a direction, whose two-sided test serves both: whether the mean lies in it. */
  readonly leans: 'in favour' | 'against' | null;
}

const both = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.max(a, b);

/** Either of two, each at half the level. */
const either = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.min(1, 2 * a, 2 * b);

/**
 * The tests of an expectation and of its contrary. Directions are tested two-sided at 0; a contrary of `no difference` is any difference
 * beyond chance, of `not lower` one below − the margin.
 *
 * @param differences paired, one a seed
 * @param margin above 0; null where none was agreed on for the metric: then only directions can be tested
 */
export function expectedTests(
  expected: Expected,
  differences: readonly (number | null)[],
  margin: number | null,
): ExpectedTests {
  const zeros = differences.map((value) => (value === null ? null : 0));
  const found = pairedTest(differences, zeros);
  const twoSided = found?.p ?? null;
  const mean = found?.difference ?? 0;
  if (expected === 'higher' || expected === 'lower') {
    const leans = mean === 0 ? null : mean > 0 === (expected === 'higher') ? 'in favour' : 'against';
    return { inFavour: twoSided, against: twoSided, leans };
  }
  if (margin === null) return { inFavour: null, against: null, leans: null };
  switch (expected) {
    case 'no difference':
      return { inFavour: equivalenceTest(differences, margin), against: twoSided, leans: null };
    case 'not lower':
      return {
        inFavour: oneSidedTest(differences, -margin, 'above'),
        against: oneSidedTest(differences, -margin, 'below'),
        leans: null,
      };
    case 'barely higher':
      return {
        inFavour: both(mean > 0 ? twoSided : 1, oneSidedTest(differences, margin, 'below')),
        against: either(oneSidedTest(differences, 0, 'below'), oneSidedTest(differences, margin, 'above')),
        leans: null,
      };
  }
}

/**
 * Power of each way in which a verdict can come, at a number of pairs: the expectation shown, its contrary shown, and no effect shown.
 *
 * @param effect true mean difference
 * @param deviation standard deviation of the differences, above 0
 * @param level of the expectation's test and its contrary's, among all of the family
 * @param alone level of the test of no effect
 */
export function verdictPowers(
  expected: Expected,
  margin: number | null,
  effect: number,
  deviation: number,
  { level, alone }: { readonly level: number; readonly alone: number },
): readonly ((pairs: number) => number)[] {
  const within = (low: number, high: number, alpha: number) => (pairs: number) =>
    powerWithin({ low, high, alpha }, effect, deviation, pairs);
  const twoSided = (pairs: number): number => pairedPower(effect, deviation, pairs, level);
  if (margin === null) return [twoSided];
  const noEffect = within(-margin, margin, alone);
  switch (expected) {
    case 'higher':
    case 'lower':
      return [twoSided, noEffect];
    case 'no difference':
      return [twoSided, within(-margin, margin, level), noEffect];
    case 'not lower':
      return [within(-margin, Infinity, level), within(-Infinity, -margin, level), noEffect];
    case 'barely higher':
      return [
        (pairs) => Math.min(within(0, Infinity, level / 2)(pairs), within(-Infinity, margin, level)(pairs)),
        within(-Infinity, 0, level / 2),
        within(margin, Infinity, level / 2),
        noEffect,
      ];
  }
}
