/** Means over scenarios. A scenario whose metric is undefined drops out together with its weight. */

/**
 * `sum n_s x_s / sum n_s` over the scenarios where x is defined.
 *
 * @returns null where none is, or they weigh nothing
 */
export function weightedMean(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let sum = 0;
  let total = 0;
  for (let s = 0; s < values.length; s++) {
    const value = values[s] ?? null;
    if (value === null) continue;
    sum += weights[s]! * value;
    total += weights[s]!;
  }
  return total > 0 ? sum / total : null;
}

/** Scenario indices from most to fewest training rows; equal counts keep their order. */
function byTrainingRows(trainingRows: readonly number[]): number[] {
  return trainingRows.map((_, s) => s).sort((a, b) => trainingRows[b]! - trainingRows[a]! || a - b);
}

/** The same mean over the `count` scenarios with most (`major`) or fewest (`minor`) training rows. */
export function groupMean(
  values: readonly (number | null)[],
  weights: readonly number[],
  trainingRows: readonly number[],
  group: 'major' | 'minor',
  count: number,
): number | null {
  const order = byTrainingRows(trainingRows);
  const k = Math.min(count, order.length);
  const chosen = group === 'major' ? order.slice(0, k) : order.slice(order.length - k);
  return weightedMean(
    chosen.map((s) => values[s] ?? null),
    chosen.map((s) => weights[s]!),
  );
}
