import { logGamma, normalAbove, studentQuantile } from './distributions';

/** Where a true mean difference lies by one-sided tests of both bounds; an infinite bound asks for no test. */
interface Within {
  readonly low: number;
  readonly high: number;
  /** Level of each one-sided test. */
  readonly alpha: number;
}

/**
 * Power with which paired differences show that their mean lies between two bounds: that one-sided t-tests reject both that it is `low` or
 * less and that it is `high` or more. With one bound this is the noncentral t; with both it is that of two one-sided tests. The tests' common
 * standard error is integrated out by Simpson's rule.
 *
 * @param effect true mean difference
 * @param deviation standard deviation of the differences, above 0
 * @param pairs 2 or more
 */
export function powerWithin(
  { low, high, alpha }: Within,
  effect: number,
  deviation: number,
  pairs: number,
): number {
  const df = pairs - 1;
  const critical = studentQuantile(2 * alpha, df);
  const logFront = Math.log(2) + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  const inErrors = (difference: number): number => (difference / deviation) * Math.sqrt(pairs);
  const [from, to] = [inErrors(low - effect), inErrors(high - effect)];
  // A bound so far beyond the true mean is shown less often than once in 10¹⁴.
  if (from > 8 || to < -8) return 0;
  /** Of s, the sample's deviation over the true one: s² df is chi-squared. */
  const shown = (s: number): number => {
    const [least, most] = [from + critical * s, to - critical * s];
    if (least >= most) return 0;
    // An infinite bound has no tail beyond it.
    return (least === -Infinity ? 1 : normalAbove(least)) - (most === Infinity ? 0 : normalAbove(most));
  };
  const density = (s: number): number => Math.exp(logFront + (df - 1) * Math.log(s) - (df * s * s) / 2);
  // s has mean about 1 and deviation about 1/√(2 df); beyond `last` both bounds cannot be shown at once.
  const wide = 8 / Math.sqrt(2 * df);
  const first = Math.max(1e-12, 1 - wide);
  const last = Math.min(1 + wide, (to - from) / (2 * critical));
  if (last <= first) return 0;
  // With few pairs the critical t is large and what is integrated bends sharply near s = 0.
  const steps = df < 4 ? 800 : 200;
  const h = (last - first) / steps;
  const at = (s: number): number => density(s) * shown(s);
  let sum = at(first) + at(last);
  for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * at(first + k * h);
  return (sum * h) / 3;
}

/** Power of the two-sided paired test; arguments as of `powerWithin`. */
export function pairedPower(effect: number, deviation: number, pairs: number, alpha = 0.05): number {
  const one = { low: 0, high: Infinity, alpha: alpha / 2 };
  return powerWithin(one, effect, deviation, pairs) + powerWithin(one, -effect, deviation, pairs);
}

/** More seeds than anyone trains: beyond it the number is not told. */
const MOST = 1000;

/**
 * How many seeds beyond `pairs` until there are `enough`; more are enough, too.
 *
 * @returns 0 where there are enough; null where no number up to 1,000 is
 */
export function seedsUntil(enough: (pairs: number) => boolean, pairs: number): number | null {
  let low = Math.max(2, pairs);
  if (enough(low)) return low - pairs;
  // Few are asked for more often than many, and integrals cost: the bracket doubles.
  let high = low;
  while (!enough(high)) {
    if (high >= MOST) return null;
    low = high;
    high = Math.min(MOST, 2 * high);
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high - pairs;
}
