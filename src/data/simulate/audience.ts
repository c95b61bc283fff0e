import { power } from './arithmetic';
import { cumulative, drawIndex, stream, type Stream } from './random';
import { generalMatch, type World } from './world';
import { exp } from './arithmetic';

/** Who visits a scenario and what it carries, as running sums ready for drawing. */
export interface Audience {
  /** Visitors of each scenario (user numbers, ascending). */
  readonly visitors: readonly Int32Array[];
  readonly visitorSums: readonly Float64Array[];
  /** Scenarios that each user visits. */
  readonly visits: readonly Int32Array[];
  /** Items that each scenario carries (item numbers, ascending), null where it carries all. */
  readonly carried: readonly (Int32Array | null)[];
  readonly carriedSums: readonly Float64Array[];
  /** Items that a promotion pushes. */
  readonly promoted: Int32Array;
}

/** Candidates that the logging policy chooses among. */
export const CANDIDATES = 5;

function chooseScenarios(world: World, draws: Stream, sums: Float64Array, user: number): Int32Array {
  const { twin, knobs } = world;
  const n = twin.scenarios.length;
  const published = 1 + drawIndex(sums, draws.uniform(user, 0));
  const wanted = Math.min(n, 1 + Math.round(knobs.userOverlap * (published - 1)));
  // Weighted choice without replacement: bigger scenarios are visited by more people, less than in proportion.
  const weights = twin.scenarios.map((s) => Math.sqrt(s.share));
  const chosen: number[] = [];
  for (let k = 0; k < wanted; k++) {
    const s = drawIndex(cumulative(weights), draws.uniform(user, 1 + k));
    weights[s] = 0;
    chosen.push(s);
  }
  return Int32Array.from(chosen.sort((a, b) => a - b));
}

function carriedItems(world: World, scenario: number, homes: Int32Array): Int32Array | null {
  const { knobs, items, seed } = world;
  if (knobs.itemOverlap >= 1) return null;
  const draws = stream(seed, 'carried items');
  const carried: number[] = [];
  for (let i = 0; i < items.count; i++) {
    if (homes[i] === scenario || draws.uniform(i, scenario) < knobs.itemOverlap) carried.push(i);
  }
  return Int32Array.from(carried);
}

function itemHomes(world: World): Int32Array {
  const { twin, items, seed } = world;
  const draws = stream(seed, 'homes');
  const n = twin.scenarios.length;
  const sums = cumulative(twin.scenarios.map((s) => Math.sqrt(s.share)));
  const homes = new Int32Array(items.count);
  // The first items of all go round, so that no scenario stands empty.
  for (let i = 0; i < items.count; i++) homes[i] = i < n * 4 ? i % n : drawIndex(sums, draws.uniform(i));
  return homes;
}

/** Opens the scenarios: visitors, assortments, promotions. Scenario by scenario, so that a caller may report progress. */
export function* openAudience(world: World): Generator<number, Audience> {
  const { twin, users, items, knobs, seed } = world;
  const n = twin.scenarios.length;
  const visitDraws = stream(seed, 'visits');
  const perUser = cumulative(twin.scenariosPerUser.slice(0, n));
  const visits: Int32Array[] = [];
  const lists: number[][] = Array.from({ length: n }, () => []);
  for (let u = 0; u < users.count; u++) {
    const chosen = chooseScenarios(world, visitDraws, perUser, u);
    visits.push(chosen);
    for (const s of chosen) lists[s]!.push(u);
    if (u % 4096 === 4095) yield u / users.count / 2;
  }
  // A scenario needs people; the smallest of many may have drawn none.
  for (let s = 0; s < n; s++) {
    for (let k = 0; lists[s]!.length < 3 && k < 100; k++) {
      const u = visitDraws.integer(users.count, s, 1000 + k);
      if (!lists[s]!.includes(u)) lists[s]!.push(u);
    }
    lists[s]!.sort((a, b) => a - b);
  }
  const homes = itemHomes(world);
  const local = stream(seed, 'local popularity');
  const carried: (Int32Array | null)[] = [];
  const carriedSums: Float64Array[] = [];
  for (let s = 0; s < n; s++) {
    const list = carriedItems(world, s, homes);
    const length = list ? list.length : items.count;
    const weights = new Float64Array(length);
    for (let k = 0; k < length; k++) {
      const i = list ? list[k]! : k;
      const popular = power(items.zipf[i]!, knobs.policyPopularity);
      weights[k] =
        knobs.localPopularity > 0 ? popular * exp(knobs.localPopularity * local.normal(i, s)) : popular;
    }
    carried.push(list);
    carriedSums.push(cumulative(weights));
    yield 0.5 + s / n / 2;
  }
  const promoted = promotedItems(world);
  return {
    visitors: lists.map((list) => Int32Array.from(list)),
    visitorSums: lists.map((list) => cumulative(list.map((u) => users.activity[u]!))),
    visits,
    carried,
    carriedSums,
    promoted: promoted.length > 0 ? promoted : Int32Array.of(items.count - 1),
  };
}

/** Items that a promotion pushes: by chance, or those with the least of chance and fit to the public together. */
function promotedItems(world: World): Int32Array {
  const { items, users, knobs, seed } = world;
  const pushed = stream(seed, 'promoted items');
  const all = Array.from({ length: items.count }, (_, i) => i);
  if (knobs.promotedMisfit === 0) {
    return Int32Array.from(all.filter((i) => pushed.uniform(i) < knobs.promotedShare));
  }
  const fit = all.map((i) => {
    let sum = 0;
    for (let u = 0; u < users.count; u++) sum += generalMatch(world, u, i);
    return sum;
  });
  const order = [...all].sort((a, b) => fit[a]! - fit[b]! || a - b);
  const rank = new Float64Array(items.count);
  order.forEach((i, place) => (rank[i] = (place + 0.5) / items.count));
  const score = (i: number): number =>
    knobs.promotedMisfit * rank[i]! + (1 - knobs.promotedMisfit) * pushed.uniform(i);
  const count = Math.round(knobs.promotedShare * items.count);
  return Int32Array.from(all.sort((a, b) => score(a) - score(b) || a - b).slice(0, count)).sort();
}

/** A visitor of a scenario, the active ones more often. */
export function drawUser(audience: Audience, scenario: number, uniform: number): number {
  return audience.visitors[scenario]![drawIndex(audience.visitorSums[scenario]!, uniform)]!;
}

/** One item that the scenario carries, by popularity. */
export function drawCandidate(audience: Audience, scenario: number, uniform: number): number {
  const k = drawIndex(audience.carriedSums[scenario]!, uniform);
  const list = audience.carried[scenario]!;
  return list ? list[k]! : k;
}

/** What the policy shows: some candidates by popularity, one of them by general match. @returns item, and its score. */
export function drawItem(
  world: World,
  audience: Audience,
  scenario: number,
  user: number,
  draws: Stream,
  row: number,
): { item: number; score: number } {
  const { policyMatch } = world.knobs;
  if (policyMatch === 0) {
    const item = drawCandidate(audience, scenario, draws.uniform(row, 0));
    return { item, score: generalMatch(world, user, item) };
  }
  const candidates: number[] = [];
  const scores: number[] = [];
  const weights: number[] = [];
  for (let k = 0; k < CANDIDATES; k++) {
    const item = drawCandidate(audience, scenario, draws.uniform(row, k));
    const score = generalMatch(world, user, item);
    candidates.push(item);
    scores.push(score);
    weights.push(exp(policyMatch * score));
  }
  const chosen = drawIndex(cumulative(weights), draws.uniform(row, CANDIDATES));
  return { item: candidates[chosen]!, score: scores[chosen]! };
}
