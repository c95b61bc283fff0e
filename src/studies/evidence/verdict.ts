/** What came of a claim: its effect over seeds, how sure it is, and what that says of the claim. */
import { equivalenceTest, holm, pairedTest, seedsUntil, spread } from '../statistics';
import { expectedTests, verdictPowers, type Expected, type ExpectedTests } from './expected';
import { pairBySeed, valuesBySeed } from './values';
import type { Claim } from '../claims';
import type { StoredStudy, StudyWorld } from './format';

export const VERDICTS = ['confirmed', 'opposite', 'no effect', 'undecided', 'not run'] as const;

export interface Verdict {
  readonly verdict: (typeof VERDICTS)[number];
  /** Mean difference, the variant less what it is held against, in the metric's own unit; null without a pair. */
  readonly effect: number | null;
  /** 95 % interval of the effect (Student, paired over seeds); null with fewer than two pairs. */
  readonly interval: readonly [number, number] | null;
  /** Of the test that the claim asks for: of a direction Student's two-sided one. */
  readonly p: number | null;
  /** p adjusted over the claims of the same place in the paper that were run in this world. */
  readonly holm: number | null;
  readonly pairs: number;
  /**
   * Undecided: seeds beyond these with which a verdict comes four times in five, were the true difference the one seen (at the family's level, and
   * at least up to five pairs); null where 1,000 would not do.
   */
  readonly moreSeeds: number | null;
}

const LEVEL = 0.05;
/** With which a number of seeds comes to a verdict. */
const POWER = 0.8;

/** Fewer pairs give an interval and no verdict: two that happen to agree would look like certainty. */
const LEAST_PAIRS = 5;

/** Differences inside ± this are no effect worth the name; null for metrics that no margin was agreed on beforehand. */
export function marginOf(metric: string): number | null {
  return /auc/i.test(metric) ? 0.002 : null;
}

/** Figures by seed of what is said to be higher or lower, and of what it is held against. */
interface Sides {
  readonly a: readonly (number | null)[];
  readonly b: readonly (number | null)[];
}

/** Figures by seed of what a test names and of what that is held against. */
export function sideValues(
  test: Omit<Claim['test'], 'direction'>,
  study: StoredStudy,
  world: StudyWorld,
): readonly [ReadonlyMap<number, number | null>, ReadonlyMap<number, number | null>] {
  const own = valuesBySeed(study, world, test.variant, test.metric, test.of);
  const other =
    test.value === undefined
      ? valuesBySeed(study, world, test.against, test.againstMetric ?? test.metric, test.of)
      : new Map([...own.keys()].map((seed) => [seed, test.value ?? null]));
  return [own, other];
}

/** Figures of both sides over the seeds that both have. */
function sidesOf({ test }: Pick<Claim, 'test'>, study: StoredStudy, world: StudyWorld): Sides {
  return pairBySeed(...sideValues(test, study, world));
}

/** What is said of two sides. */
export interface Comparison extends Sides {
  readonly metric: string;
  /** Of the first side less the second. */
  readonly expected: Expected;
}

function differencesOf({ a, b }: Sides): (number | null)[] {
  return a.map((value, k) => {
    const other = b[k] ?? null;
    return value === null || other === null ? null : value - other;
  });
}

const testsOf = (one: Comparison): ExpectedTests =>
  expectedTests(one.expected, differencesOf(one), marginOf(one.metric));

/** Seeds until a verdict comes by its likeliest way. */
function seedsForVerdict(
  { expected, metric }: Comparison,
  effect: number,
  {
    deviation,
    pairs,
    family,
  }: { readonly deviation: number; readonly pairs: number; readonly family: number },
): number | null {
  if (deviation === 0) return effect === 0 ? null : 0;
  const levels = { level: LEVEL / family, alone: LEVEL };
  const ways = verdictPowers(expected, marginOf(metric), effect, deviation, levels);
  return seedsUntil((n) => ways.some((power) => power(n) >= POWER), pairs);
}

/** Tests of the expectation and of its contrary, each adjusted over the family. */
interface Adjusted extends ExpectedTests {
  /** How many of the family were run. */
  readonly family: number;
}

function judge(one: Comparison, { inFavour, against, leans, family }: Adjusted): Verdict {
  const differences = differencesOf(one);
  const summary = spread(differences);
  const paired = pairedTest(one.a, one.b);
  const none = {
    effect: summary?.mean ?? null,
    interval: null,
    p: null,
    holm: null,
    pairs: summary?.count ?? 0,
  };
  if (!summary) return { ...none, verdict: 'not run', moreSeeds: null };
  if (!paired || summary.deviation === null) return { ...none, verdict: 'undecided', moreSeeds: null };
  const { difference, halfWidth, pairs } = paired;
  const interval = [difference - halfWidth, difference + halfWidth] as const;
  const found = { effect: difference, interval, p: testsOf(one).inFavour, holm: inFavour, pairs };
  const more = () => seedsForVerdict(one, difference, { deviation: summary.deviation ?? 0, pairs, family });
  if (pairs < LEAST_PAIRS) {
    const seeds = more();
    const moreSeeds = seeds === null ? null : Math.max(LEAST_PAIRS - pairs, seeds);
    return { ...found, verdict: 'undecided', moreSeeds };
  }
  if (against !== null && against < LEVEL && leans !== 'in favour')
    return { ...found, verdict: 'opposite', moreSeeds: null };
  if (inFavour !== null && inFavour < LEVEL && leans !== 'against')
    return { ...found, verdict: 'confirmed', moreSeeds: null };
  const margin = marginOf(one.metric);
  const alike = margin === null ? null : equivalenceTest(differences, margin);
  if (alike !== null && alike < LEVEL) return { ...found, verdict: 'no effect', moreSeeds: null };
  const seeds = more();
  return { ...found, verdict: 'undecided', moreSeeds: seeds === null ? null : Math.max(1, seeds) };
}

/** Verdicts on a family: p is adjusted over those that were run, of expectations and of their contraries each by themselves. */
export function judgeFamily(family: readonly Comparison[]): Verdict[] {
  const tests = family.map(testsOf);
  const inFavour = holm(tests.map((one) => one.inFavour));
  const against = holm(tests.map((one) => one.against));
  const made = Math.max(1, inFavour.filter((p) => p !== null).length);
  return family.map((one, k) =>
    judge(one, {
      inFavour: inFavour[k] ?? null,
      against: against[k] ?? null,
      leans: tests[k]?.leans ?? null,
      family: made,
    }),
  );
}

/**
 * Verdicts over all claims in one world, by claim. A family, over which p is adjusted, is what one place of one paper claims.
 *
 * With fewer than five pairs nothing is decided. An effect that is beyond chance is `confirmed` or `opposite` however small it is; the interval says how small. `no effect` is said by
 * two one-sided tests at ± 0.002 of AUC.
 */
export function verdicts(
  claims: readonly Claim[],
  study: StoredStudy,
  world: StudyWorld,
): ReadonlyMap<string, Verdict> {
  const found = new Map<string, Verdict>();
  const families = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.paper, claim.place]);
    families.set(key, [...(families.get(key) ?? []), claim]);
  }
  for (const family of families.values()) {
    const compared = family.map((claim) => ({
      metric: claim.test.metric,
      expected: claim.test.direction,
      ...sidesOf(claim, study, world),
    }));
    judgeFamily(compared).forEach((verdict, k) => found.set(family[k]!.id, verdict));
  }
  return found;
}
