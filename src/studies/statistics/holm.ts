/**
 * Holm's step-down adjustment: each p as it may be held against one level for all of them together.
 * S. Holm, Scandinavian Journal of Statistics 6 (1979).
 *
 * @param p null where a test could not be made: it counts for nothing
 * @returns adjusted p in the same order, never below p nor above 1
 */
export function holm(p: readonly (number | null)[]): (number | null)[] {
  const made = p.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  made.sort((a, b) => a.value - b.value);
  const adjusted: (number | null)[] = p.map(() => null);
  let highest = 0;
  made.forEach(({ value, place }, k) => {
    highest = Math.max(highest, Math.min(1, (made.length - k) * value));
    adjusted[place] = highest;
  });
  return adjusted;
}
