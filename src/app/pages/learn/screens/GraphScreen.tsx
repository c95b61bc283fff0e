import { useState } from 'react';
import { Figure } from '../../../figure/Figure';
import { factorisation } from '../../../graph/factorisation';
import { GraphDrawing } from '../../../graph/GraphDrawing';
import { Drawn } from '../Drawn';
import { Prose } from '../Prose';
import type { Story } from '../story';
import { drawnGraph, GRAPH_SIZE, keyOf, saidOf } from './storyGraph';

/** The graph with names on its nodes; pressing an arrow with a ring cuts or restores it, and says what that means. */
export function GraphScreen({ story }: { readonly story: Story }) {
  const { lead } = story.graph;
  const [cut, setCut] = useState<ReadonlySet<string>>(new Set());
  const [pressed, setPressed] = useState<string | null>(null);
  const { nodes, edges, causal } = drawnGraph(story, cut);
  const nameOf = (id: string): string => nodes.find((node) => node.id === id)?.caption ?? id;
  const arrow = (id: string): string => {
    const edge = edges.find((one) => keyOf(one) === id);
    return edge ? `${nameOf(edge.from)} → ${nameOf(edge.to)}` : id;
  };
  const shown = pressed ?? lead;
  const done = cut.size > 0;
  return (
    <>
      <Figure
        name="learn-graph"
        title={causal ? 'What causes what' : 'Which way information takes'}
        reading="A ring marks an arrow that can be pressed: it is cut, or drawn again."
        equation={
          causal
            ? factorisation(
                { nodes: nodes.map((node) => ({ ...node, label: nameOf(node.id) })), edges },
                (edge) => cut.has(keyOf(edge)),
              )
            : null
        }
        table={{
          columns: ['arrow', 'meaning', 'state'],
          rows: edges.map((edge) => [
            arrow(keyOf(edge)),
            edge.meaning,
            edge.cut === null ? 'no switch' : edge.cut ? 'cut' : 'drawn',
          ]),
        }}
      >
        <div className={done ? '' : 'learn-lead-edge'} data-lead={lead}>
          <Drawn>
            {(width) => (
              <GraphDrawing
                label={`Graph of the story: ${story.title}`}
                nodes={nodes}
                edges={edges}
                width={Math.min(GRAPH_SIZE[0], width)}
                height={GRAPH_SIZE[1]}
                onToggle={(edge) => {
                  const id = keyOf(edge);
                  setPressed(id);
                  setCut((before) => {
                    const next = new Set(before);
                    if (!next.delete(id)) next.add(id);
                    return next;
                  });
                }}
                note={done ? 'Press it again to draw it again.' : `Press the thick arrow, ${arrow(lead)}.`}
              />
            )}
          </Drawn>
        </div>
      </Figure>
      <div className="learn-said" data-testid="graph-said" data-cut={cut.has(shown)} aria-live="polite">
        <strong>{arrow(shown)}</strong> <Prose text={saidOf(story, shown, cut.has(shown))} />
      </div>
    </>
  );
}
