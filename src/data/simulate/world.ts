import { log, power } from './arithmetic';
import { cumulative, drawIndex, stream } from './random';
import { scenarioWeights } from './interests';
import { makeSignals, type Signals } from './signals';
import { INTERESTS, type Twin, type TwinSize } from './spec';
import type { Knobs } from './knobs';

export interface World {
  readonly twin: Twin;
  readonly size: TwinSize;
  readonly seed: number;
  readonly knobs: Knobs;
  readonly users: Users;
  readonly items: Items;
  /** Interest weights w_s `[N * K]`, each of length √K. */
  readonly weights: Float64Array;
  /** Prominence e(s, slot) `[N * slots]`, in (0, 1]. */
  readonly prominence: Float64Array;
  readonly signals: Signals | null;
}

export interface Users {
  readonly count: number;
  /** Interests z_u `[users * K]`, about unit variance. */
  readonly interests: Float64Array;
  /** Interests in each scenario `[N * users * K]`; null where they are z_u in all (no `conflict`). */
  readonly interestsIn: Float64Array | null;
  /** Logit per standard deviation of log-popularity κ_u `[users]`, knob included. */
  readonly conformity: Float64Array;
  /** Relative activity `[users]`. */
  readonly activity: Float64Array;
  /** Profile fields as zero-based bins `[users]`. */
  readonly age: Int32Array;
  readonly gender: Int32Array;
  readonly cityLevel: Int32Array;
  readonly spending: Int32Array;
}

export interface Items {
  readonly count: number;
  /** Attributes q_i `[items * K]`, about unit variance. */
  readonly attributes: Float64Array;
  /** quality_i `[items]`, knob included. */
  readonly quality: Float64Array;
  /** Standardised log-popularity `[items]`; all 0 without skew. */
  readonly popularity: Float64Array;
  /** Popularity by Zipf's law `[items]`, unnormalised. */
  readonly zipf: Float64Array;
  readonly category: Int32Array;
  readonly brand: Int32Array;
  readonly priceLevel: Int32Array;
}

export const AGE_BINS = 7;
export const GENDER_BINS = 2;
export const CITY_BINS = 4;
export const SPENDING_BINS = 5;
export const PRICE_BINS = 6;
const SEGMENTS = 6;

/** Bin of a standard normal value among `bins` bins of about equal probability. */
function normalBin(x: number, bins: number): number {
  // Logistic approximation of the normal distribution: close enough for bins, and free of a second function.
  const rank = 1 / (1 + power(2.718281828459045, -1.702 * x));
  const bin = Math.floor(rank * bins);
  return bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
}

/** The taste that everybody shares `[K]`, of length √K. */
function commonTaste(seed: number, name = 'common taste'): Float64Array {
  const draws = stream(seed, name);
  const taste = Float64Array.from({ length: INTERESTS }, (_, k) => draws.normal(k));
  let square = 0;
  for (const value of taste) square += value * value;
  const scale = Math.sqrt(INTERESTS / square);
  return taste.map((value) => value * scale);
}

/**
 * Interests of every person in every scenario `[N * users * K]`: √(1−conflict) · z_u + √conflict · ζ_us, where ζ_us is drawn for
 * the scenario alone, with the same share of a public taste in it. Two scenarios then have a share 1−conflict in common.
 */
function interestsByScenario(
  seed: number,
  interests: Float64Array,
  scenarios: number,
  knobs: Knobs,
): Float64Array {
  const draws = stream(seed, 'interests of scenarios');
  const count = interests.length / INTERESTS;
  const kept = Math.sqrt(1 - knobs.conflict);
  const turned = Math.sqrt(knobs.conflict);
  const common = Math.sqrt(knobs.commonTaste);
  const personal = Math.sqrt(1 - knobs.commonTaste);
  const all = new Float64Array(scenarios * interests.length);
  for (let s = 0; s < scenarios; s++) {
    const taste = commonTaste(seed, `common taste of scenario ${s}`);
    for (let u = 0; u < count; u++) {
      for (let k = 0; k < INTERESTS; k++) {
        const own = common * taste[k]! + personal * draws.normal(s * count + u, k);
        const at = u * INTERESTS + k;
        all[s * interests.length + at] = kept * interests[at]! + turned * own;
      }
    }
  }
  return all;
}

function makeUsers(seed: number, count: number, scenarios: number, knobs: Knobs): Users {
  const centroids = stream(seed, 'segments');
  const draws = stream(seed, 'interests');
  const traits = stream(seed, 'traits');
  const profile = stream(seed, 'profile');
  const taste = commonTaste(seed);
  const interests = new Float64Array(count * INTERESTS);
  const users = {
    count,
    interests,
    conformity: new Float64Array(count),
    activity: new Float64Array(count),
    age: new Int32Array(count),
    gender: new Int32Array(count),
    cityLevel: new Int32Array(count),
    spending: new Int32Array(count),
  };
  const noise = knobs.profileNoise;
  const clear = Math.sqrt(1 - noise);
  const blur = Math.sqrt(noise);
  const common = Math.sqrt(knobs.commonTaste);
  const personal = Math.sqrt(1 - knobs.commonTaste);
  const own = new Float64Array(INTERESTS);
  for (let u = 0; u < count; u++) {
    // Two segments, mixed: weights m and 1−m, scaled to unit variance.
    const a = traits.integer(SEGMENTS, u, 0);
    const b = traits.integer(SEGMENTS, u, 1);
    const m = traits.uniform(u, 2);
    const scale = 1 / Math.sqrt(m * m + (1 - m) * (1 - m));
    for (let k = 0; k < INTERESTS; k++) {
      const centre = (m * centroids.normal(a, k) + (1 - m) * centroids.normal(b, k)) * scale;
      own[k] = Math.sqrt(0.6) * centre + Math.sqrt(0.4) * draws.normal(u, k);
      interests[u * INTERESTS + k] = common * taste[k]! + personal * own[k]!;
    }
    users.conformity[u] = knobs.conformity * traits.uniform(u, 3);
    users.activity[u] = power(2.718281828459045, knobs.userSkew * traits.normal(u, 4));
    // Profiles tell what is a person's own: what all have in common would leave a field with one bin.
    const seen = (k: number) => clear * own[k]! + blur * profile.normal(u, k);
    users.age[u] = normalBin(seen(0), AGE_BINS);
    users.gender[u] = normalBin(seen(1), GENDER_BINS);
    users.cityLevel[u] = normalBin(seen(2), CITY_BINS);
    users.spending[u] = normalBin(seen(3), SPENDING_BINS);
  }
  const interestsIn = knobs.conflict > 0 ? interestsByScenario(seed, interests, scenarios, knobs) : null;
  return { ...users, interestsIn };
}

function makeItems(seed: number, count: number, twin: Twin, knobs: Knobs): Items {
  const categories = stream(seed, 'categories');
  const brands = stream(seed, 'brands');
  const draws = stream(seed, 'attributes');
  const traits = stream(seed, 'item traits');
  const attributes = new Float64Array(count * INTERESTS);
  const category = new Int32Array(count);
  const brand = new Int32Array(count);
  const priceLevel = new Int32Array(count);
  const quality = new Float64Array(count);
  const zipf = new Float64Array(count);
  const popularity = new Float64Array(count);
  // A few categories hold most items, as in any shop.
  const categorySums = cumulative(Array.from({ length: twin.categories }, (_, c) => 1 / Math.sqrt(c + 1)));
  const perCategory = Math.max(1, Math.floor(twin.brands / twin.categories));
  const told = Math.sqrt(1 - knobs.attributeNoise);
  const own = Math.sqrt(knobs.attributeNoise);
  let mean = 0;
  for (let i = 0; i < count; i++) {
    const c = drawIndex(categorySums, traits.uniform(i, 0));
    // Brands belong to a category each.
    const b = (c * perCategory + traits.integer(perCategory, i, 1)) % twin.brands;
    category[i] = c;
    brand[i] = b;
    for (let k = 0; k < INTERESTS; k++) {
      const kind = Math.sqrt(0.7) * categories.normal(c, k) + Math.sqrt(0.3) * brands.normal(b, k);
      attributes[i * INTERESTS + k] = told * kind + own * draws.normal(i, k);
    }
    quality[i] = knobs.itemQuality * (told * brands.normal(b, INTERESTS) + own * traits.normal(i, 2));
    priceLevel[i] = normalBin(attributes[i * INTERESTS + 3]!, PRICE_BINS);
    // Ids carry no order: item i's rank is i itself, because every other trait is independent of i.
    zipf[i] = power(i + 1, -knobs.popularitySkew);
    popularity[i] = log(zipf[i]!);
    mean += popularity[i]! / count;
  }
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (popularity[i]! - mean) * (popularity[i]! - mean);
  const deviation = Math.sqrt(variance / count);
  for (let i = 0; i < count; i++) popularity[i] = deviation > 0 ? (popularity[i]! - mean) / deviation : 0;
  return { count, attributes, quality, popularity, zipf, category, brand, priceLevel };
}

/**
 * e(s, slot): positionBias lowers all scenarios' lower places alike; directEffect lowers whole scenarios and changes how fast
 * their places fade.
 */
function makeProminence(seed: number, twin: Twin, knobs: Knobs): Float64Array {
  const draws = stream(seed, 'prominence');
  const table = new Float64Array(twin.scenarios.length * twin.slots);
  for (let s = 0; s < twin.scenarios.length; s++) {
    const level = 1 - knobs.directEffect * 0.5 * draws.uniform(s, 0);
    const fade = knobs.positionBias * 0.25 + knobs.directEffect * 0.3 * draws.uniform(s, 1);
    for (let slot = 0; slot < twin.slots; slot++) {
      // Some scenarios have an eye-catching place lower down; where, differs.
      const catching = 1 - knobs.directEffect * 0.5 * draws.uniform(s, 2 + slot);
      table[s * twin.slots + slot] = level * catching * power(1 + slot, -fade);
    }
  }
  return table;
}

/** Makes people, items and scenarios. The same seed, twin, size and knobs give the same world to the last bit. */
export function makeWorld(twin: Twin, size: TwinSize, seed: number, knobs: Knobs): World {
  return {
    twin,
    size,
    seed,
    knobs,
    users: makeUsers(seed, size.users, twin.scenarios.length, knobs),
    items: makeItems(seed, size.items, twin, knobs),
    weights: scenarioWeights(seed, twin, knobs),
    prominence: makeProminence(seed, twin, knobs),
    signals: makeSignals(seed, twin),
  };
}

/** Match M(u, i, s) = ⟨z_us ⊙ w_s, q_i⟩/√K + quality_i; z_us is z_u without `conflict`. */
export function matchOf(world: World, user: number, item: number, scenario: number): number {
  const { users, items, weights } = world;
  const interests = users.interestsIn ?? users.interests;
  const first = ((users.interestsIn ? scenario * users.count : 0) + user) * INTERESTS;
  let sum = 0;
  for (let k = 0; k < INTERESTS; k++) {
    sum +=
      interests[first + k]! * weights[scenario * INTERESTS + k]! * items.attributes[item * INTERESTS + k]!;
  }
  return sum / Math.sqrt(INTERESTS) + items.quality[item]!;
}

/** What the logging policy knows of a match: interests as such, without the scenario's shift. */
export function generalMatch(world: World, user: number, item: number): number {
  const { users, items } = world;
  let sum = 0;
  for (let k = 0; k < INTERESTS; k++) {
    sum += users.interests[user * INTERESTS + k]! * items.attributes[item * INTERESTS + k]!;
  }
  return sum / Math.sqrt(INTERESTS) + items.quality[item]!;
}
