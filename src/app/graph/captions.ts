/** Where the words beside a graph's nodes stand. Plain numbers in, plain numbers out. */
import type { Point } from './layout';

export interface Wanted {
  readonly id: string;
  readonly caption: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Of a node's circle. */
  readonly radius: number;
  readonly nodes: ReadonlyMap<string, Point>;
  /** Points along every edge, tips with more of them: what a word should not cover. */
  readonly edges: readonly Point[];
  readonly knobs: readonly Point[];
}

/** Of a caption: width of a letter and height of the line, in units, at the size that graph.css gives. */
const LETTER = 5.4;
const LINE = 11;
const KNOB = 5;
/** What covering costs: a point of an edge, a knob, a circle or another word. */
const COST = { edge: 1, knob: 20, node: 60, word: 60 } as const;

interface Box extends Point {
  /** Half of each side. */
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Box {
  readonly caption: string;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

const covers = (box: Box, at: Point, reach: number): boolean =>
  Math.abs(at.x - box.x) < box.width + reach && Math.abs(at.y - box.y) < box.height + reach;

/** Below, above, right, left, then the corners; inside the drawing. */
function candidates(at: Point, caption: string, { width, height, radius }: Drawing): readonly Box[] {
  const half = { width: (caption.length * LETTER) / 2, height: LINE / 2 };
  const [down, side] = [radius + half.height + 3, radius + half.width + 4];
  const corner = radius * 0.6;
  return (
    [
      [0, down],
      [0, -down],
      [side, 0],
      [-side, 0],
      [half.width + corner, down - 3],
      [-half.width - corner, down - 3],
      [half.width + corner, -down + 3],
      [-half.width - corner, -down + 3],
    ] as const
  ).map(([dx, dy]) => ({
    ...half,
    x: clamp(at.x + dx, half.width + 1, width - half.width - 1),
    y: clamp(at.y + dy, half.height + 1, height - half.height - 1),
  }));
}

/** Centre of each caption, beside its node where it covers least; below where that is free. */
export function placeCaptions(wanted: readonly Wanted[], drawing: Drawing): ReadonlyMap<string, Placed> {
  const placed: Box[] = [];
  const found = new Map<string, Placed>();
  for (const { id, caption } of wanted) {
    const at = drawing.nodes.get(id);
    if (!at) continue;
    const costOf = (box: Box): number => {
      let cost = 0;
      for (const point of drawing.edges) if (covers(box, point, 0)) cost += COST.edge;
      for (const point of drawing.knobs) if (covers(box, point, KNOB)) cost += COST.knob;
      for (const point of drawing.nodes.values()) if (covers(box, point, drawing.radius)) cost += COST.node;
      for (const one of placed)
        if (
          Math.abs(one.x - box.x) < one.width + box.width &&
          Math.abs(one.y - box.y) < one.height + box.height
        )
          cost += COST.word;
      return cost;
    };
    let best: { box: Box; cost: number } | null = null;
    for (const box of candidates(at, caption, drawing)) {
      const cost = costOf(box);
      if (best === null || cost < best.cost) best = { box, cost };
    }
    if (!best) continue;
    placed.push(best.box);
    found.set(id, { ...best.box, caption });
  }
  return found;
}
