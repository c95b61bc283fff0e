/** Where the parts of a model stand and how arrows run: in rows, from the fields down to the prediction. Plain data in and out. */
import type { ModelGraph } from '../../../training/modelGraph/types';

export const BOX_HEIGHT = 54;
const ROW_GAP = 40;
const GAP = 12;
const LEAST_WIDTH = 92;
const MOST_WIDTH = 168;
/** Room of an arrow that passes a row between its boxes. */
const LANE = 14;
const MARGIN = 6;

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface Route {
  readonly from: string;
  readonly to: string;
  /** From the lower edge of one box to the upper edge of another; past boxes of rows between it runs straight down. */
  readonly points: readonly (readonly [number, number])[];
}

interface ModelLayout {
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Row of each part: below all that enters it; what nothing enters stands just above what it enters. */
function rowsOf(
  ids: readonly string[],
  arrows: readonly Arrow[],
  capacity: number,
): readonly (readonly string[])[] {
  const level = new Map<string, number>();
  for (const id of ids) {
    const before = arrows.filter(({ to }) => to === id).map(({ from }) => level.get(from) ?? 0);
    level.set(id, before.length === 0 ? 0 : Math.max(...before) + 1);
  }
  for (const id of [...ids].reverse()) {
    if (arrows.some(({ to }) => to === id)) continue;
    const after = arrows.filter(({ from }) => from === id).map(({ to }) => level.get(to) ?? 1);
    if (after.length > 0) level.set(id, Math.min(...after) - 1);
  }
  const levels = [...new Set(level.values())].sort((a, b) => a - b);
  // Parts of one level know nothing of each other: too many for one row stand in two.
  return levels.flatMap((at) => {
    const own = ids.filter((id) => level.get(id) === at);
    const rows = Math.ceil(own.length / capacity);
    const each = Math.ceil(own.length / rows);
    return Array.from({ length: rows }, (_, r) => own.slice(r * each, (r + 1) * each));
  });
}

/** A box, or the lane of an arrow through a row. */
interface Place {
  readonly key: string;
  readonly box: boolean;
  /** Middle. */
  x: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** As near to what is wished for as order and room allow. */
function spread(
  row: readonly Place[],
  widthOf: (place: Place) => number,
  wished: readonly number[],
  width: number,
): void {
  const order = row.map((_, k) => k);
  const left = (k: number): number =>
    MARGIN + order.slice(0, k).reduce((sum, i) => sum + widthOf(row[i]!) + GAP, 0) + widthOf(row[k]!) / 2;
  const right = (k: number): number =>
    width -
    MARGIN -
    order.slice(k + 1).reduce((sum, i) => sum + widthOf(row[i]!) + GAP, 0) -
    widthOf(row[k]!) / 2;
  for (const k of order) {
    const least = k === 0 ? left(0) : row[k - 1]!.x + (widthOf(row[k - 1]!) + widthOf(row[k]!)) / 2 + GAP;
    row[k]!.x = Math.max(least, Math.min(wished[k]!, right(k)));
  }
  // From the right back, so that what was pushed gives way evenly.
  for (const k of [...order].reverse().slice(1)) {
    const most = row[k + 1]!.x - (widthOf(row[k + 1]!) + widthOf(row[k]!)) / 2 - GAP;
    if (row[k]!.x > most) row[k]!.x = most;
  }
}

/** @param width pixels that the drawing may take, at least 260 */
export function layoutModel({ parts, arrows }: ModelGraph, width: number): ModelLayout {
  // The scenario's number chooses weights nearly everywhere: it is said in the boxes, not drawn.
  const ids = parts.filter(({ kind }) => kind !== 'scenario').map(({ id }) => id);
  const drawn = arrows.filter(({ from }) => ids.includes(from));
  const capacity = Math.max(2, Math.floor((width - 2 * MARGIN + GAP) / (LEAST_WIDTH + GAP)) - 1);
  const rows = rowsOf(ids, drawn, capacity);
  const rowOf = new Map(rows.flatMap((row, r) => row.map((id) => [id, r] as const)));

  // Every arrow is a chain of places, one a row; arrows from one part share their lanes until they part.
  const places: Place[][] = rows.map((row) => row.map((key) => ({ key, box: true, x: 0 })));
  const laneOf = (from: string, r: number): Place => {
    const known = places[r]!.find(({ key, box }) => key === from && !box);
    if (known) return known;
    const lane = { key: from, box: false, x: 0 };
    places[r]!.push(lane);
    return lane;
  };
  const boxOf = (id: string): Place => places[rowOf.get(id)!]!.find(({ key, box }) => key === id && box)!;
  const chains = drawn.map(({ from, to }) => {
    const chain = [boxOf(from)];
    for (let r = rowOf.get(from)! + 1; r < rowOf.get(to)!; r++) chain.push(laneOf(from, r));
    return { from, to, chain: [...chain, boxOf(to)] };
  });
  const near = new Map<Place, { readonly above: Place[]; readonly below: Place[] }>();
  const nearOf = (place: Place) => {
    const known = near.get(place) ?? { above: [], below: [] };
    near.set(place, known);
    return known;
  };
  for (const { chain } of chains)
    chain.slice(1).forEach((place, k) => {
      const [above, below] = [nearOf(place).above, nearOf(chain[k]!).below];
      if (!above.includes(chain[k]!)) above.push(chain[k]!);
      if (!below.includes(place)) below.push(place);
    });

  const boxWidths = places.map((row) => {
    const lanes = row.filter(({ box }) => !box).length;
    const boxes = row.length - lanes;
    const room = width - 2 * MARGIN - GAP * (row.length - 1) - LANE * lanes;
    return Math.max(40, Math.min(MOST_WIDTH, room / boxes));
  });
  const widthOf = (r: number) => (place: Place) => (place.box ? boxWidths[r]! : LANE);
  const place = (): void =>
    places.forEach((row, r) => {
      const total = row.reduce((sum, one) => sum + widthOf(r)(one), GAP * (row.length - 1));
      let at = (width - total) / 2;
      for (const one of row) {
        one.x = at + widthOf(r)(one) / 2;
        at += widthOf(r)(one) + GAP;
      }
    });
  place();
  const wish = (one: Place, sides: readonly ('above' | 'below')[]): number => {
    const others = sides.flatMap((side) => nearOf(one)[side]);
    return others.length > 0 ? mean(others.map(({ x }) => x)) : one.x;
  };
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 === 0 ? 'above' : 'below';
    for (const row of sweep % 2 === 0 ? places : [...places].reverse()) {
      const wished = new Map(row.map((one) => [one, wish(one, [side])]));
      row.sort((a, b) => wished.get(a)! - wished.get(b)!);
    }
    place();
  }
  for (let sweep = 0; sweep < 8; sweep++)
    places.forEach((row, r) =>
      spread(
        row,
        widthOf(r),
        row.map((one) => wish(one, ['above', 'below'])),
        width,
      ),
    );

  // What pulls to one side is moved back to the middle as a whole.
  const edges = places.flatMap((row, r) =>
    row.flatMap((one) => [one.x - widthOf(r)(one) / 2, one.x + widthOf(r)(one) / 2]),
  );
  const aside = (width - Math.min(...edges) - Math.max(...edges)) / 2;
  for (const one of places.flat()) one.x += aside;

  const top = (r: number): number => MARGIN + r * (BOX_HEIGHT + ROW_GAP);
  const boxes = places.flatMap((row, r) =>
    row
      .filter(({ box }) => box)
      .map(({ key, x }) => ({ id: key, x: x - boxWidths[r]! / 2, y: top(r), width: boxWidths[r]! })),
  );
  /** Arrows of one edge of a box stand side by side, in the order of where they come from or go to. */
  const port = (own: Place, r: number, other: Place, side: 'above' | 'below'): number => {
    const all = [...nearOf(own)[side]].sort((a, b) => a.x - b.x);
    const share = (all.indexOf(other) + 1) / (all.length + 1);
    return own.x + (share - 0.5) * Math.min(boxWidths[r]!, 26 * (all.length + 1));
  };
  const routes = chains.map(({ from, to, chain }): Route => {
    const start = rowOf.get(from)!;
    const last = chain.length - 1;
    const points = chain.flatMap((one, k): (readonly [number, number])[] => {
      const r = start + k;
      if (k === 0) return [[port(one, r, chain[1]!, 'below'), top(r) + BOX_HEIGHT]];
      if (k === last) return [[port(one, r, chain[last - 1]!, 'above'), top(r)]];
      return [
        [one.x, top(r)],
        [one.x, top(r) + BOX_HEIGHT],
      ];
    });
    return { from, to, points };
  });
  return { boxes, routes, width, height: top(rows.length - 1) + BOX_HEIGHT + MARGIN };
}

const LEAST = 260;
const MOST = 900;
const SCALES = [2, 1.75, 1.5, 1.35, 1.2, 1.1] as const;

/**
 * The drawing for a place on the page: as large as the place holds where it is given whole, else at its own size.
 *
 * @param height pixels; null: as many as the drawing takes
 */
export function fitModel(
  graph: ModelGraph,
  width: number,
  height: number | null,
): ModelLayout & { readonly scale: number } {
  const at = (scale: number) => ({
    ...layoutModel(graph, Math.min(MOST, Math.max(LEAST, width / scale))),
    scale,
  });
  for (const scale of height === null ? [] : SCALES) {
    const drawn = at(scale);
    if (drawn.width * scale <= width && drawn.height * scale <= height!) return drawn;
  }
  return at(1);
}

/** An SVG path along a route: bends between rows, straight lines past them. */
export function pathOf({ points }: Pick<Route, 'points'>): string {
  const [first, ...rest] = points;
  let at = first!;
  let path = `M${at[0]},${at[1]}`;
  for (const [x, y] of rest) {
    const half = (y - at[1]) / 2;
    path += x === at[0] ? `V${y}` : `C${at[0]},${at[1] + half} ${x},${y - half} ${x},${y}`;
    at = [x, y];
  }
  return path;
}
