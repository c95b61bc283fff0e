/** Where everything of a line chart stands. Plain data in, plain data out. */
import type { Domain } from './axis';
import type { LinePoint, LineSpec } from './Lines';

/** Below this width in pixels labels are names only; the figures are in the table. */
const NARROW = 460;
/** Letters of a name that a narrow chart shows, and the room at its right that they may take. */
export const NARROW_LETTERS = 19;
const NARROW_ROOM = 132;
const TOP = 6;
const X_AXIS = 22;
const Y_AXIS = 38;
/** Mean width of a figure of an axis, and what must be free between two. */
const DIGIT = 6.2;
const TICK_GAP = 5;

export interface LinesLayout {
  /** Plot area in pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

export function layoutLines(options: {
  readonly width: number;
  readonly height: number;
  readonly x: Domain;
  readonly y: Domain;
  readonly labels: readonly string[];
  readonly labelWidth?: number;
  readonly axisWidth?: number;
}): LinesLayout {
  const { width, height, x, y, labels } = options;
  const narrow = width < NARROW;
  const longest = Math.min(NARROW_LETTERS, Math.max(0, ...labels.map((label) => label.length)));
  const right = narrow
    ? Math.min(NARROW_ROOM, options.labelWidth ?? NARROW_ROOM, 18 + DIGIT * longest)
    : (options.labelWidth ?? 130);
  const left = options.axisWidth ?? Y_AXIS;
  const plot = {
    left,
    top: TOP,
    width: Math.max(1, width - left - right),
    height: Math.max(1, height - TOP - X_AXIS),
  };
  return {
    ...plot,
    narrow,
    toX: (value) => left + ((value - x.min) / (x.max - x.min || 1)) * plot.width,
    toY: (value) => TOP + plot.height - ((value - y.min) / (y.max - y.min || 1)) * plot.height,
  };
}

/** A line through the defined points, broken where one is undefined. */
export function linePath(points: readonly LinePoint[], key: string, { toX, toY }: LinesLayout): string {
  let path = '';
  let open = false;
  for (const point of points) {
    const value = point[key];
    if (typeof value !== 'number') {
      open = false;
      continue;
    }
    path += `${open ? 'L' : 'M'}${toX(point.x).toFixed(1)},${toY(value).toFixed(1)}`;
    open = true;
  }
  return path;
}

/** The area between a band's edges, from one point to the next that has both; null where none has. */
export function bandPath(
  points: readonly LinePoint[],
  [low, high]: readonly [string, string],
  { toX, toY }: LinesLayout,
): string | null {
  const edges = points.flatMap((point) => {
    const [from, to] = [point[low], point[high]];
    if (typeof from !== 'number' || typeof to !== 'number') return [];
    return [{ x: toX(point.x), from: toY(from), to: toY(to) }];
  });
  const only = edges[0];
  if (!only) return null;
  // One point alone has no width; a bar shows what it spans.
  if (edges.length === 1) return `M${only.x - 4},${only.to}H${only.x + 4}V${only.from}H${only.x - 4}Z`;
  const there = edges.map(({ x, to }) => `${x.toFixed(1)},${to.toFixed(1)}`);
  const back = edges.toReversed().map(({ x, from }) => `${x.toFixed(1)},${from.toFixed(1)}`);
  return `M${[...there, ...back].join('L')}Z`;
}

/** Ticks whose figures do not touch; the last, where the axis ends, stays. */
export function fittingTicks(
  ticks: readonly number[],
  format: (value: number) => string,
  toX: (value: number) => number,
): readonly number[] {
  const kept: number[] = [];
  let free = Number.POSITIVE_INFINITY;
  for (const tick of [...ticks].reverse()) {
    const half = (format(tick).length * DIGIT) / 2;
    if (toX(tick) + half > free) continue;
    kept.push(tick);
    free = toX(tick) - half - TICK_GAP;
  }
  return kept.reverse();
}

/** The last defined point of every line. */
export function lastPoints(
  lines: readonly LineSpec[],
  points: readonly LinePoint[],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const found = new Map<string, { x: number; y: number }>();
  for (const { key } of lines) {
    for (let k = points.length - 1; k >= 0; k--) {
      const point = points[k]!;
      const value = point[key];
      if (typeof value !== 'number') continue;
      found.set(key, { x: point.x, y: value });
      break;
    }
  }
  return found;
}

/** Index of the point nearest to a place along x; -1 where there are none. Points stand in ascending order. */
export function nearestPoint(points: readonly LinePoint[], x: number): number {
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1];
  return before && x - before.x <= points[low]!.x - x ? low - 1 : low < points.length ? low : -1;
}
