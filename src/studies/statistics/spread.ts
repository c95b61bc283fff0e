/** Mean and spread over seeds. */
import { studentQuantile } from './distributions';

export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n-1); null for a single value. */
  readonly deviation: number | null;
  /** Half width of the 95 % confidence interval of the mean (Student); null for a single value. */
  readonly halfWidth: number | null;
}

/** Undefined values are left out. @returns null where none is defined */
export function spread(values: readonly (number | null)[]): Spread | null {
  const defined = values.filter((value) => value !== null);
  const count = defined.length;
  if (count === 0) return null;
  const mean = defined.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, deviation: null, halfWidth: null };
  const deviation = Math.sqrt(defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  return {
    count,
    mean,
    deviation,
    halfWidth: (studentQuantile(0.05, count - 1) * deviation) / Math.sqrt(count),
  };
}

/** As `spread`; null where any value is undefined: a mean over some seeds only would compare unlike things. */
export function completeSpread(values: readonly (number | null)[]): Spread | null {
  const found = spread(values);
  return found && found.count === values.length ? found : null;
}
