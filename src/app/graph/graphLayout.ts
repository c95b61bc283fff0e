/** A graph's circles, lines, knobs and words, placed. Plain data in, plain data out. */
import { placeCaptions } from './captions';
import type { Placed } from './captions';
import { edgePath, initials, knobPlaces, placeNodes } from './layout';
import type { EdgePath, Point } from './layout';

/** Of a node's circle. */
export const RADIUS = 16;
/** Letters that fit into a circle. */
const FITTING = 4;
/** Shares of an edge that a word should not cover; its tip, where the arrow's head is, counts most. */
const ALONG = [...Array.from({ length: 24 }, (_, k) => k / 24), 0.97, 0.98, 0.99, 1];

interface Node extends Point {
  readonly id: string;
  readonly symbol: string;
  readonly caption?: string;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  /** Null for an edge that nothing switches: it has no knob. */
  readonly cut: boolean | null;
}

export interface GraphLayout<E extends Edge> {
  readonly places: ReadonlyMap<string, Point>;
  /** Edges whose ends are both there. */
  readonly lines: readonly { readonly edge: E; readonly path: EdgePath }[];
  /** A line each: where its knob sits, or would. */
  readonly knobs: readonly Point[];
  /** A node each: what stands in its circle. */
  readonly letters: readonly string[];
  readonly captions: ReadonlyMap<string, Placed>;
}

export function layOutGraph<E extends Edge>(
  nodes: readonly Node[],
  edges: readonly E[],
  width: number,
  height: number,
): GraphLayout<E> {
  const places = placeNodes(nodes, width, height, RADIUS);
  const lines = edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (!from || !to) return [];
    const others = [...places].filter(([id]) => id !== edge.from && id !== edge.to).map(([, at]) => at);
    const back = edges.some((other) => other.from === edge.to && other.to === edge.from);
    return [{ edge, path: edgePath(from, to, RADIUS, others, back) }];
  });
  const knobs = knobPlaces(lines.map(({ edge, path }) => ({ ...path, hasKnob: edge.cut !== null })));
  const captions = placeCaptions(
    nodes.flatMap(({ id, symbol, caption }) => {
      // A word does not fit into a circle: its first letters stand inside, the word beside.
      const words = caption ?? (symbol.length > FITTING ? symbol : undefined);
      return words === undefined ? [] : [{ id, caption: words }];
    }),
    {
      width,
      height,
      radius: RADIUS,
      nodes: places,
      edges: lines.flatMap(({ path }) => ALONG.map(path.at)),
      knobs: knobs.filter((_, k) => lines[k]?.edge.cut !== null),
    },
  );
  return {
    places,
    lines,
    knobs,
    letters: initials(
      nodes.map(({ symbol }) => symbol),
      FITTING,
    ),
    captions,
  };
}
