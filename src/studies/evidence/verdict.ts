/** What came of a claim: its effect over seeds, how sure it is, and what that says of the claim. */
import { equivalenceTest, holm, moreSeeds, pairedTest, spread } from '../statistics';
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
  readonly p: number | null;
  /** p adjusted over the claims of the same place in the paper that were run in this world. */
  readonly holm: number | null;
  readonly pairs: number;
  /**
   * Undecided: seeds beyond these until an effect of the size seen (or of the margin, where that is larger) would show with a
   * power of 0.8 at the family's level, and at least up to five; null where 1,000 would not do.
   */
  readonly moreSeeds: number | null;
}

const LEVEL = 0.05;

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

/** Figures of both sides over the seeds that both have. */
export function sidesOf({ test }: Pick<Claim, 'test'>, study: StoredStudy, world: StudyWorld): Sides {
  const own = valuesBySeed(study, world, test.variant, test.metric, test.of);
  const other =
    test.value === undefined
      ? valuesBySeed(study, world, test.against, test.againstMetric ?? test.metric, test.of)
      : new Map([...own.keys()].map((seed) => [seed, test.value ?? null]));
  return pairBySeed(own, other);
}

/** What is said of two sides. */
export interface Comparison extends Sides {
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
}

function judge({ metric, direction, a, b }: Comparison, adjusted: number | null, family: number): Verdict {
  const differences = a.map((value, k) => {
    const other = b[k] ?? null;
    return value === null || other === null ? null : value - other;
  });
  const summary = spread(differences);
  const paired = pairedTest(a, b);
  const none = {
    effect: summary?.mean ?? null,
    interval: null,
    p: null,
    holm: null,
    pairs: summary?.count ?? 0,
  };
  if (!summary) return { ...none, verdict: 'not run', moreSeeds: null };
  if (!paired || summary.deviation === null) return { ...none, verdict: 'undecided', moreSeeds: null };
  const { difference, halfWidth, p, pairs } = paired;
  const interval = [difference - halfWidth, difference + halfWidth] as const;
  const found = { effect: difference, interval, p, holm: adjusted, pairs };
  const margin = marginOf(metric);
  const size = Math.max(Math.abs(difference), margin ?? 0);
  const more = moreSeeds(size, summary.deviation, pairs, { alpha: LEVEL / family });
  if (pairs < LEAST_PAIRS)
    return {
      ...found,
      verdict: 'undecided',
      moreSeeds: more === null ? null : Math.max(LEAST_PAIRS - pairs, more),
    };
  if (adjusted !== null && adjusted < LEVEL && difference !== 0) {
    const higher = difference > 0;
    const verdict = higher === (direction === 'higher') ? 'confirmed' : 'opposite';
    return { ...found, verdict, moreSeeds: null };
  }
  const alike = margin === null ? null : equivalenceTest(differences, margin);
  if (alike !== null && alike < LEVEL) return { ...found, verdict: 'no effect', moreSeeds: null };
  return { ...found, verdict: 'undecided', moreSeeds: more === null ? null : Math.max(1, more) };
}

/** Verdicts on a family: p is adjusted over those that were run. */
export function judgeFamily(family: readonly Comparison[]): Verdict[] {
  const adjusted = holm(family.map(({ a, b }) => pairedTest(a, b)?.p ?? null));
  const made = Math.max(1, adjusted.filter((p) => p !== null).length);
  return family.map((one, k) => judge(one, adjusted[k] ?? null, made));
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
    const compared = family.map((claim) => ({ ...claim.test, ...sidesOf(claim, study, world) }));
    judgeFamily(compared).forEach((verdict, k) => found.set(family[k]!.id, verdict));
  }
  return found;
}
