/** Where a causal graph's nodes and edges lie. */
import { formatPlace } from '../format';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Nodes' own coordinates fitted into a drawing with room for rims and captions. */
export function placeNodes(
  nodes: readonly (Point & { readonly id: string })[],
  width: number,
  height: number,
  radius: number,
): ReadonlyMap<string, Point> {
  const fit = (values: readonly number[], size: number, margin: number) => {
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const inner = size - 2 * margin;
    return (value: number) => margin + (max > min ? ((value - min) / (max - min)) * inner : inner / 2);
  };
  const x = fit(
    nodes.map((node) => node.x),
    width,
    radius + 18,
  );
  const y = fit(
    nodes.map((node) => node.y),
    height,
    radius + 14,
  );
  return new Map(nodes.map((node) => [node.id, { x: x(node.x), y: y(node.y) }]));
}

/** Distance of a point from the segment between two others, and on which side it lies. */
function offside(
  from: Point,
  to: Point,
  at: Point,
): { readonly distance: number; readonly side: number; readonly along: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy || 1;
  const along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / square;
  const cross = (dx * (at.y - from.y) - dy * (at.x - from.x)) / Math.sqrt(square);
  return { distance: Math.abs(cross), side: Math.sign(cross) || 1, along };
}

/** The side of the line on which most of the other nodes lie, as the sign of a bend. */
function inward(from: Point, to: Point, others: readonly Point[]): number {
  let sum = 0;
  for (const other of others) {
    const { distance, side } = offside(from, to, other);
    sum += distance * side;
  }
  return sum >= 0 ? 1 : -1;
}

export interface EdgePath {
  readonly d: string;
  /** A point of the line, at a share of its parameter: 0 at the start's rim, 1 at the tip. */
  readonly at: (share: number) => Point;
}

/** From rim to rim; bent away from nodes in the way, and where the way back is an edge too. */
export function edgePath(
  from: Point,
  to: Point,
  radius: number,
  others: readonly Point[],
  back: boolean,
): EdgePath {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  let bend = back ? 22 : 0;
  for (const other of others) {
    const { distance, side, along } = offside(from, to, other);
    const need = radius + 8;
    if (along > 0.08 && along < 0.92 && distance < need) {
      // A node right on the line leaves the side open: towards the other nodes the bend stays inside the drawing.
      const way = distance < 1 ? inward(from, to, others) : -side;
      bend = way * 2.2 * (need - distance + 6);
    }
  }
  const control = { x: (from.x + to.x) / 2 - uy * bend, y: (from.y + to.y) / 2 + ux * bend };
  const toward = (start: Point, reach: number): Point => {
    const l = Math.hypot(control.x - start.x, control.y - start.y) || 1;
    return {
      x: start.x + ((control.x - start.x) / l) * reach,
      y: start.y + ((control.y - start.y) / l) * reach,
    };
  };
  const start = toward(from, radius);
  const end = toward(to, radius + 3);
  const text = (point: Point) => `${formatPlace(point.x)},${formatPlace(point.y)}`;
  return {
    d: `M${text(start)} Q${text(control)} ${text(end)}`,
    at: (share) => {
      const weights = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2] as const;
      const of = (axis: 'x' | 'y') =>
        weights[0] * start[axis] + weights[1] * control[axis] + weights[2] * end[axis];
      return { x: of('x'), y: of('y') };
    },
  };
}

/** Knobs nearer to each other than this cannot be told apart by a finger. */
const KNOBS_APART = 24;
/** A knob nearer to another edge than this seems that edge's. */
const EDGES_APART = 12;
/** Places along an edge for its knob, the middle first. */
const KNOB_SHARES = [0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74] as const;

/** Where each edge's knob sits, or would: as near to its middle as keeps it off other edges and their knobs. */
export function knobPlaces(
  paths: readonly (Pick<EdgePath, 'at'> & { readonly hasKnob: boolean })[],
): readonly Point[] {
  const sampled = paths.map(({ at }) => Array.from({ length: 41 }, (_, k) => at(k / 40)));
  const placed: Point[] = [];
  return paths.map(({ at, hasKnob }, own) => {
    if (!hasKnob) return at(0.5);
    const nearest = (points: readonly Point[], place: Point): number =>
      Math.min(Infinity, ...points.map(({ x, y }) => Math.hypot(x - place.x, y - place.y)));
    const others = sampled.flatMap((points, other) => (other === own ? [] : points));
    /** At least 1 where there is room enough. */
    const room = (place: Point): number =>
      Math.min(nearest(others, place) / EDGES_APART, nearest(placed, place) / KNOBS_APART);
    const places = KNOB_SHARES.map(at);
    const place =
      places.find((one) => room(one) >= 1) ??
      places.reduce((most, one) => (room(one) > room(most) ? one : most));
    placed.push(place);
    return place;
  });
}

/** Letters of one symbol that tell it from another of the same beginning: the first, and the first that differs. */
function initialAndDifference(symbol: string, others: readonly string[]): string {
  const shared = (other: string): number => {
    let length = 0;
    while (length < symbol.length && symbol[length]!.toLowerCase() === other[length]?.toLowerCase()) length++;
    return length;
  };
  return symbol.slice(0, 1) + (symbol[Math.max(0, ...others.map(shared))] ?? symbol.slice(-1));
}

/**
 * What stands inside each node's circle: its symbol where that fits, else the word's first letters, as few as tell it from
 * the others; where too many letters are alike, the first and the one that differs.
 *
 * @param fitting letters that fit
 */
export function initials(symbols: readonly string[], fitting: number): readonly string[] {
  return symbols.map((symbol, k) => {
    if (symbol.length <= fitting) return symbol;
    const others = symbols.filter((_, other) => other !== k);
    for (let length = 1; length < fitting; length++) {
      const letters = symbol.slice(0, length);
      if (others.every((other) => !other.toLowerCase().startsWith(letters.toLowerCase()))) return letters;
    }
    return initialAndDifference(symbol, others);
  });
}
