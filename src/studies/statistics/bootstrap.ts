import { stream } from '../../data/simulate/random';

/** Linear interpolation between order statistics, as NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

/**
 * Percentile interval of a mean by resampling with replacement; the same every time for the same seed.
 * B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 *
 * @param values undefined ones are left out
 * @param options.level share of the resampled means inside, 0.95 unless given
 * @returns null with fewer than two values
 */
export function bootstrapInterval(
  values: readonly (number | null)[],
  options: { readonly seed?: number; readonly resamples?: number; readonly level?: number } = {},
): [number, number] | null {
  const { seed = 1, resamples = 2000, level = 0.95 } = options;
  const defined = values.filter((value) => value !== null);
  const n = defined.length;
  if (n < 2) return null;
  const draws = stream(seed, 'bootstrap');
  const means = Float64Array.from({ length: resamples }, (_, b) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += defined[draws.integer(n, b, k)]!;
    return sum / n;
  }).sort();
  return [quantile(means, (1 - level) / 2), quantile(means, (1 + level) / 2)];
}
