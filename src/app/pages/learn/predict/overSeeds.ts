/** Changes of several seeds as one: mean and interval. Plain data in, plain data out. */
import { completeSpread } from '../../../../studies/statistics';
import type { Change } from '../changes';

export interface OverSeeds extends Change {
  /** A value a seed. */
  readonly values: readonly (number | null)[];
  /** 95 %, Student; null with one seed, or where any is undefined. */
  readonly interval: readonly [number, number] | null;
}

/** @param runs a list of changes a seed, the same scenarios in the same order */
export function overSeeds(runs: readonly (readonly Change[])[]): readonly OverSeeds[] {
  return (runs[0] ?? []).map(({ id, name }, k) => {
    const values = runs.map((run) => run[k]?.value ?? null);
    const summary = completeSpread(values);
    const half = summary?.halfWidth ?? null;
    return {
      id,
      name,
      values,
      value: summary?.mean ?? null,
      interval: summary === null || half === null ? null : [summary.mean - half, summary.mean + half],
    };
  });
}

/** Which changes are more than chance. */
export function seedsInWords(bars: readonly OverSeeds[], seeds: number): string {
  const beyond = bars.filter(({ interval }) => interval !== null && (interval[0] > 0 || interval[1] < 0));
  const names = beyond
    .map(({ name, value }) => `${name} (${(value ?? 0) > 0 ? 'gains' : 'loses'})`)
    .join(', ');
  return beyond.length === 0
    ? `Over ${seeds} seeds no change is beyond chance; more seeds make the lines shorter.`
    : `Over ${seeds} seeds beyond chance: ${names}; the others may be chance.`;
}
