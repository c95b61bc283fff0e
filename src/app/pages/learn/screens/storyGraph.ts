/** A story's graph: the paper's, or before all papers a part of the simulator's. Plain data in, plain data out. */
import { CAUSAL_GRAPH } from '../../../../data/simulate/graph';
import { findModel } from '../../../../models/registry';
import type { DrawnEdge, DrawnNode } from '../../../graph/GraphDrawing';
import { initials } from '../../../graph/layout';
import type { Story } from '../story';

/** Of the simulator's graph what a first story needs. */
const FIRST_NODES = ['user', 'item', 'scenario', 'match', 'slot', 'exposure', 'click'];

interface Node {
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly meaning: string;
}

interface StoryGraph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Whether arrows are causes, or the way of information. */
  readonly causal: boolean;
}

/** The paper's graph; before all papers, the simulator's. */
function graphOf({ paper }: Story): StoryGraph {
  const own = paper === null ? null : findModel(paper).graph;
  if (own) return { ...own, causal: own.title === undefined };
  const nodes = CAUSAL_GRAPH.nodes
    .filter(({ id }) => FIRST_NODES.includes(id))
    .map(({ id, label, kind, x, y }) => ({
      id,
      label,
      x,
      y,
      meaning:
        kind === 'hidden'
          ? 'known to the simulator only'
          : kind === 'outcome'
            ? 'what is predicted'
            : 'seen in the log',
    }));
  const known = new Set(nodes.map(({ id }) => id));
  return {
    nodes,
    edges: CAUSAL_GRAPH.edges.filter(({ from, to }) => known.has(from) && known.has(to)),
    causal: true,
  };
}

/** Letters of the longest symbol that a paper gives a node. */
const LETTERS = 3;

/** Largest width, and height, of the drawing in its units; on a phone it is as narrow as the phone, so that words keep their size. */
export const GRAPH_SIZE = [460, 300] as const;

/** An edge by its name. */
export const keyOf = ({ from, to }: Pick<Edge, 'from' | 'to'>): string => `${from}-${to}`;

/** What is said of an arrow of the story, drawn or cut; empty of one that cannot be pressed. */
export function saidOf({ graph }: Story, key: string, cut: boolean): string {
  const told = graph.edges[key];
  return (cut ? told?.cut : told?.kept) ?? '';
}

/**
 * The story's graph, ready to draw: a name on every node, in its circle the paper's letter where it has one, else what tells
 * the word from the others.
 *
 * @param cut names of edges that are cut
 */
export function drawnGraph(
  story: Story,
  cut: ReadonlySet<string>,
): {
  readonly nodes: readonly (DrawnNode & { readonly label: string })[];
  readonly edges: readonly DrawnEdge[];
  readonly causal: boolean;
} {
  const graph = graphOf(story);
  const names = graph.nodes.map(({ id, label }) => story.graph.names[id] ?? label);
  const symbols = initials(
    graph.nodes.map(({ label }, k) => (label.length <= LETTERS ? label : names[k]!)),
    LETTERS,
  );
  return {
    ...graph,
    nodes: graph.nodes.map((node, k) => ({ ...node, symbol: symbols[k]!, caption: names[k]! })),
    edges: graph.edges.map((edge) => {
      const key = keyOf(edge);
      const told = key in story.graph.edges;
      return {
        from: edge.from,
        to: edge.to,
        meaning: told ? saidOf(story, key, cut.has(key)) : edge.meaning,
        cut: told ? cut.has(key) : null,
        strength: key === story.graph.lead ? 1 : 0.25,
      };
    }),
  };
}
