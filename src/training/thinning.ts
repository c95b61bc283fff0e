/** A history of bounded length: what a run of any length keeps of its curves and probes. */

export interface Thinned<T> {
  /** In order of arrival: every `stride`-th of all points that came, and the newest. */
  readonly points: readonly T[];
  /** Points that came so far, those that went included. */
  readonly seen: number;
  /** Spacing of the kept points, counted in points that came; a power of two. */
  readonly stride: number;
}

const EMPTY: Thinned<never> = { points: [], seen: 0, stride: 1 };

export function emptyThinned<T>(): Thinned<T> {
  return EMPTY;
}

/**
 * Adds a point. A full history drops every second point and from then on keeps every second new one, so the first point
 * and the newest are always there, and points that are kept never move.
 *
 * @param limit most points to keep, at least 2
 */
export function appendThinned<T>({ points, seen, stride }: Thinned<T>, point: T, limit: number): Thinned<T> {
  const newestIsOffGrid = seen > 0 && (seen - 1) % stride !== 0;
  let kept = newestIsOffGrid ? points.slice(0, -1) : points;
  let spacing = stride;
  while (kept.length >= limit) {
    kept = kept.filter((_, i) => i % 2 === 0);
    spacing *= 2;
  }
  return { points: [...kept, point], seen: seen + 1, stride: spacing };
}

/** Puts another point in the newest one's place. */
export function replaceNewest<T>(history: Thinned<T>, point: T): Thinned<T> {
  return { ...history, points: [...history.points.slice(0, -1), point] };
}

/** Without the points after a step; those that went with them are no longer counted. */
export function withoutLater<T extends { readonly step: number }>(
  history: Thinned<T>,
  step: number,
): Thinned<T> {
  const points = history.points.filter((point) => point.step <= step);
  const gone = history.points.length - points.length;
  if (gone === 0) return history;
  // The last point left stands on the grid, so as many came as lead to it.
  return points.length === 0
    ? emptyThinned()
    : { ...history, points, seen: (points.length - 1) * history.stride + 1 };
}
