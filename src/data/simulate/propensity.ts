/** How likely the logging policy was to show the item that it showed: what inverse propensity weighting divides by. */
import { CANDIDATES, type Audience } from './audience';
import { exp, log } from './arithmetic';
import { generalMatch, type World } from './world';

/** Steps of the integral's logarithmic grid. */
const STEP = 0.25;

/** Weights of what a scenario carries as shares that add up to 1. */
function sharesOf(sums: Float64Array): Float64Array {
  const total = sums[sums.length - 1]!;
  return sums.map((sum, k) => (sum - (k === 0 ? 0 : sums[k - 1]!)) / total);
}

/**
 * Probability that a policy shows item k: it draws `CANDIDATES` items by their shares p, then one of them in proportion to its
 * weight e. With S the sum of the others' weights it is n · p_k · e_k · E[1 / (e_k + S)], and 1/x = ∫ exp(−xt) dt turns the
 * expectation into n · p_k · e_k · ∫ exp(−e_k t) · L(t)^(n−1) dt with L(t) = Σ_j p_j exp(−e_j t), summed on a grid of log t.
 *
 * @param shares p `[items]`; @param weights e `[items]`, above 0
 * @returns `[items]`, adding up to 1
 */
export function shownProbabilities(shares: Float64Array, weights: Float64Array): Float64Array {
  let least = Infinity;
  let most = 0;
  for (const weight of weights) {
    if (weight < least) least = weight;
    if (weight > most) most = weight;
  }
  const shown = new Float64Array(shares.length);
  const fading = new Float64Array(shares.length);
  // Below, t itself is nothing; above, exp(−t · least) is.
  for (let x = -log(CANDIDATES * most) - 21; x < log(45 / least); x += STEP) {
    const t = exp(x);
    let mean = 0;
    for (let k = 0; k < shares.length; k++) {
      fading[k] = exp(-weights[k]! * t);
      mean += shares[k]! * fading[k]!;
    }
    let others = CANDIDATES * STEP * t;
    for (let other = 1; other < CANDIDATES; other++) others *= mean;
    for (let k = 0; k < shares.length; k++) shown[k]! += others * shares[k]! * weights[k]! * fading[k]!;
  }
  return shown;
}

/** Asked row by row; what is computed for a person in a scenario is kept. */
export function openPropensity(
  world: World,
  audience: Audience,
): (user: number, item: number, scenario: number) => number {
  const { policyMatch } = world.knobs;
  const shares = audience.carriedSums.map(sharesOf);
  const known = new Map<number, Float64Array>();
  return (user, item, scenario) => {
    const list = audience.carried[scenario]!;
    const own = shares[scenario]!;
    const place = list ? list.indexOf(item) : item;
    if (place < 0) return 0;
    if (policyMatch === 0) return own[place]!;
    const key = scenario * world.users.count + user;
    let shown = known.get(key);
    if (!shown) {
      const weights = own.map((_, k) => exp(policyMatch * generalMatch(world, user, list ? list[k]! : k)));
      shown = shownProbabilities(own, weights);
      known.set(key, shown);
    }
    return shown[place]!;
  };
}
