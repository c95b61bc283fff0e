import { logGamma, normalAbove, studentQuantile } from './distributions';

/** Probability that T exceeds t for a noncentral T: E[Φ(δ − t s)] over s = √(χ²/df), by Simpson's rule. */
function noncentralAbove(t: number, df: number, delta: number): number {
  const logFront = Math.log(2) + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  // s has mean about 1 and deviation about 1/√(2 df).
  const wide = 9 / Math.sqrt(2 * df);
  const from = Math.max(1e-12, 1 - wide);
  const to = 1 + wide;
  const steps = 400;
  const h = (to - from) / steps;
  const at = (s: number): number =>
    Math.exp(logFront + (df - 1) * Math.log(s) - (df * s * s) / 2) * normalAbove(t * s - delta);
  let sum = at(from) + at(to);
  for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * at(from + k * h);
  return (sum * h) / 3;
}

/**
 * Power of the two-sided paired test.
 *
 * @param effect true mean difference
 * @param deviation standard deviation of the differences, above 0
 * @param pairs 2 or more
 */
export function pairedPower(effect: number, deviation: number, pairs: number, alpha = 0.05): number {
  const df = pairs - 1;
  const critical = studentQuantile(alpha, df);
  const delta = (Math.abs(effect) / deviation) * Math.sqrt(pairs);
  return noncentralAbove(critical, df, delta) + noncentralAbove(critical, df, -delta);
}

/** More seeds than anyone trains: beyond it the number is not told. */
const MOST = 1000;

/**
 * How many seeds beyond `pairs` until the paired test shows an effect of this size with the power given.
 *
 * @returns 0 where there are enough; null where no number up to 1,000 is, or the effect is 0
 */
export function moreSeeds(
  effect: number,
  deviation: number,
  pairs: number,
  options: { readonly alpha?: number; readonly power?: number } = {},
): number | null {
  const { alpha = 0.05, power = 0.8 } = options;
  if (deviation === 0) return effect === 0 ? null : 0;
  const enough = (n: number): boolean => pairedPower(effect, deviation, n, alpha) >= power;
  let low = Math.max(2, pairs);
  if (enough(low)) return low - pairs;
  if (!enough(MOST)) return null;
  let high = MOST;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high - pairs;
}
