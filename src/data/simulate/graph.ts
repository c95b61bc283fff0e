import { KNOBS, type KnobName } from './knobs';

/** A node of the simulator's causal graph, with a place for drawing: x and y in 0…1, left to right. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly symbol: string;
  /** Seen in the log, known to the simulator only, or the click itself. */
  readonly kind: 'observed' | 'hidden' | 'outcome';
  readonly x: number;
  readonly y: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The knobs that remove the edge where all of them are 0; none for edges that hold the world together. */
  readonly knobs: readonly KnobName[];
  readonly meaning: string;
}

const NODES: readonly GraphNode[] = [
  { id: 'user', label: 'Person', symbol: 'U', kind: 'observed', x: 0.05, y: 0.2 },
  { id: 'scenario', label: 'Scenario', symbol: 'S', kind: 'observed', x: 0.05, y: 0.5 },
  { id: 'item', label: 'Item', symbol: 'I', kind: 'observed', x: 0.05, y: 0.85 },
  { id: 'signal', label: 'Signals', symbol: 'X', kind: 'observed', x: 0.62, y: 0.05 },
  { id: 'promotion', label: 'Promotion', symbol: 'B', kind: 'hidden', x: 0.3, y: 1 },
  { id: 'popularity', label: 'Popularity', symbol: 'P', kind: 'observed', x: 0.32, y: 0.75 },
  { id: 'match', label: 'Match', symbol: 'M', kind: 'hidden', x: 0.4, y: 0.3 },
  { id: 'exposure', label: 'Exposure', symbol: 'E', kind: 'observed', x: 0.6, y: 0.85 },
  { id: 'slot', label: 'Place on the page', symbol: 'L', kind: 'observed', x: 0.68, y: 0.6 },
  { id: 'click', label: 'Click', symbol: 'Y', kind: 'outcome', x: 0.88, y: 0.4 },
  { id: 'history', label: 'History', symbol: 'H', kind: 'observed', x: 0.95, y: 0.1 },
];

/** Edges without a knob: what a person and an item are always decides their match. */
const FIXED: readonly GraphEdge[] = [
  { from: 'user', to: 'match', knobs: [], meaning: 'A person’s interests.' },
  { from: 'item', to: 'popularity', knobs: [], meaning: 'An item’s popularity.' },
  {
    from: 'scenario',
    to: 'exposure',
    knobs: [],
    meaning: 'A scenario shows what it carries to those who visit it.',
  },
];

/** The causal graph of the simulator: every edge of a knob, and the fixed ones. For the Data page, and for tests. */
export const CAUSAL_GRAPH: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] } = {
  nodes: NODES,
  edges: [
    ...[...new Set(KNOBS.map(({ edge }) => edge))].flatMap((edge): GraphEdge[] => {
      if (edge === null) return [];
      const [from, to] = edge.split('→') as [string, string];
      const knobs = KNOBS.filter((knob) => knob.edge === edge);
      return [
        {
          from,
          to,
          knobs: knobs.map(({ name }) => name),
          meaning: knobs.map(({ meaning }) => meaning).join(' '),
        },
      ];
    }),
    ...FIXED,
  ],
};
