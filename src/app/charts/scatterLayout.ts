/** Geometry of a scatter plot: where points lie, which one is meant. Plain numbers in and out. */
import { niceDomain } from './axis';
import type { Domain } from './axis';

export interface ScatterLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Domain;
  readonly y: Domain;
  /** Pixels of every point `[count * 2]`. */
  readonly places: Float32Array;
}

interface ScatterInput {
  readonly width: number;
  readonly height: number;
  /** `[count * 2]` */
  readonly xy: Float32Array;
  /** Axes carry ticks; without, only the arrangement means something and both axes have one scale. */
  readonly ticks: boolean;
}

function range(xy: Float32Array, axis: 0 | 1): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = axis; i < xy.length; i += 2) {
    min = Math.min(min, xy[i]!);
    max = Math.max(max, xy[i]!);
  }
  return min <= max ? { min, max } : { min: 0, max: 1 };
}

/** Both ranges about their middles, stretched to one scale of pixels. */
function oneScale(
  x: { min: number; max: number },
  y: { min: number; max: number },
  width: number,
  height: number,
) {
  const unit = Math.max((x.max - x.min) / width, (y.max - y.min) / height, 1e-9) * 1.06;
  const about = (of: { min: number; max: number }, size: number): Domain => {
    const middle = (of.min + of.max) / 2;
    return { min: middle - (unit * size) / 2, max: middle + (unit * size) / 2, ticks: [] };
  };
  return [about(x, width), about(y, height)] as const;
}

export function layoutScatter({ width, height, xy, ticks }: ScatterInput): ScatterLayout {
  const left = ticks ? 46 : 8;
  const top = 20;
  const inner = {
    width: Math.max(20, width - left - 18),
    height: Math.max(20, height - top - (ticks ? 36 : 24)),
  };
  const [rangeX, rangeY] = [range(xy, 0), range(xy, 1)];
  const [x, y] = ticks
    ? [niceDomain(rangeX), niceDomain(rangeY)]
    : oneScale(rangeX, rangeY, inner.width, inner.height);
  const places = new Float32Array(xy.length);
  for (let i = 0; i < xy.length; i += 2) {
    places[i] = left + ((xy[i]! - x.min) / (x.max - x.min)) * inner.width;
    places[i + 1] = top + (1 - (xy[i + 1]! - y.min) / (y.max - y.min)) * inner.height;
  }
  return { left, top, ...inner, x, y, places };
}

/** The point nearest to a place, within `reach` pixels; null where there is none. */
export function pointAt(places: Float32Array, x: number, y: number, reach = 14): number | null {
  let best: number | null = null;
  let least = reach * reach;
  for (let i = 0; i < places.length; i += 2) {
    const distance = (places[i]! - x) ** 2 + (places[i + 1]! - y) ** 2;
    if (distance > least) continue;
    least = distance;
    best = i / 2;
  }
  return best;
}

/** The next point in a direction: the nearest of those that lie more along it than across; the same where there is none. */
export function pointTowards(places: Float32Array, from: number, dx: number, dy: number): number {
  const [x, y] = [places[2 * from]!, places[2 * from + 1]!];
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let point = 0; point < places.length / 2; point++) {
    const along = (places[2 * point]! - x) * dx + (places[2 * point + 1]! - y) * dy;
    const across = Math.abs((places[2 * point]! - x) * dy) + Math.abs((places[2 * point + 1]! - y) * dx);
    if (along <= 0.01 || across > along) continue;
    const distance = along + 2 * across;
    if (distance >= least) continue;
    least = distance;
    best = point;
  }
  return best;
}

interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

const LINE = 13;
const CHARACTER = 6.4;

/** Labels moved apart along y where they would overlap, in the order of their heights. */
export function partLabels<L extends Label>(labels: readonly L[], low: number, high: number): readonly L[] {
  const placed: L[] = [];
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    let y = Math.max(low, label.y);
    for (const above of placed) {
      const wide = ((label.text.length + above.text.length) / 2) * CHARACTER;
      if (Math.abs(label.x - above.x) < wide && y < above.y + LINE) y = above.y + LINE;
    }
    placed.push({ ...label, y });
  }
  // What was pushed below the end comes back up, one line each.
  let limit = high;
  for (let k = placed.length - 1; k >= 0; k--) {
    const label = placed[k]!;
    if (label.y <= limit) continue;
    placed[k] = { ...label, y: limit };
    limit -= LINE;
  }
  return placed;
}

/** Middle of each group's points in pixels; null where it has none. */
export function groupMiddles(
  places: Float32Array,
  group: Uint16Array,
  groups: number,
): readonly ({ readonly x: number; readonly y: number } | null)[] {
  const sums = Array.from({ length: groups }, () => ({ x: 0, y: 0, count: 0 }));
  for (let point = 0; point < group.length; point++) {
    const sum = sums[group[point]!];
    if (!sum) continue;
    sum.x += places[2 * point]!;
    sum.y += places[2 * point + 1]!;
    sum.count++;
  }
  return sums.map(({ x, y, count }) => (count > 0 ? { x: x / count, y: y / count } : null));
}
