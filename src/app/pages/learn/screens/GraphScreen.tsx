import { useState } from 'react';
import { CAUSAL_GRAPH } from '../../../../data/simulate/graph';
import { findModel } from '../../../../models/registry';
import { Figure } from '../../../figure/Figure';
import { factorisation } from '../../../graph/factorisation';
import { GraphDrawing } from '../../../graph/GraphDrawing';
import { Prose } from '../Prose';
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

/** The graph with names on its nodes; pressing an arrow with a ring cuts or restores it, and says what that means. */
export function GraphScreen({ story }: { readonly story: Story }) {
  const { names, edges: told, lead } = story.graph;
  const graph = graphOf(story);
  const [cut, setCut] = useState<ReadonlySet<string>>(new Set());
  const [pressed, setPressed] = useState<string | null>(null);
  const nameOf = (id: string): string => names[id] ?? graph.nodes.find((node) => node.id === id)?.label ?? id;
  const key = ({ from, to }: Pick<Edge, 'from' | 'to'>): string => `${from}-${to}`;
  const arrow = (id: string): string => {
    const edge = graph.edges.find((one) => key(one) === id);
    return edge ? `${nameOf(edge.from)} → ${nameOf(edge.to)}` : id;
  };
  const said = (id: string): string => (cut.has(id) ? told[id]?.cut : told[id]?.kept) ?? '';
  const shown = pressed ?? lead;
  const done = cut.size > 0;
  return (
    <>
      <Figure
        name="learn-graph"
        title={graph.causal ? 'What causes what' : 'Which way information takes'}
        reading="A ring marks an arrow that can be pressed: it is cut, or drawn again."
        equation={
          graph.causal
            ? factorisation(
                {
                  nodes: graph.nodes.map((node) => ({ ...node, label: nameOf(node.id) })),
                  edges: graph.edges,
                },
                (edge) => cut.has(key(edge)),
              )
            : null
        }
        table={{
          columns: ['arrow', 'meaning', 'state'],
          rows: graph.edges.map((edge) => [
            arrow(key(edge)),
            told[key(edge)] ? said(key(edge)) : edge.meaning,
            told[key(edge)] ? (cut.has(key(edge)) ? 'cut' : 'drawn') : 'no switch',
          ]),
        }}
      >
        <div className={done ? '' : 'learn-lead-edge'} data-lead={lead}>
          <GraphDrawing
            label={`Graph of the story: ${story.title}`}
            nodes={graph.nodes.map((node) => {
              const name = nameOf(node.id);
              const short = node.label.length <= 3 && node.label !== name ? node.label : name.slice(0, 1);
              return { ...node, symbol: short, caption: name };
            })}
            edges={graph.edges.map((edge) => {
              const text = told[key(edge)];
              return {
                ...edge,
                meaning: text ? said(key(edge)) : edge.meaning,
                cut: text ? cut.has(key(edge)) : null,
                strength: key(edge) === lead ? 1 : 0.25,
              };
            })}
            width={460}
            height={300}
            onToggle={(edge) => {
              const id = key(edge);
              setPressed(id);
              setCut((before) => {
                const next = new Set(before);
                if (!next.delete(id)) next.add(id);
                return next;
              });
            }}
            note={done ? 'Press it again to draw it again.' : `Press the thick arrow, ${arrow(lead)}.`}
          />
        </div>
      </Figure>
      <div className="learn-said" data-testid="graph-said" data-cut={cut.has(shown)} aria-live="polite">
        <strong>{arrow(shown)}</strong> <Prose text={said(shown)} />
      </div>
    </>
  );
}
