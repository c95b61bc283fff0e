import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { AnyModelDefinition, CausalGraph } from '../../../../models/definition';
import { Figure } from '../../../figure/Figure';
import { useLab } from '../../../state/lab';
import './graph.css';

type Edge = CausalGraph['edges'][number];
const RADIUS = 17;
const WIDTH = 340;
const HEIGHT = 240;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Nodes' own coordinates fitted into the drawing. */
function place(nodes: CausalGraph['nodes']): ReadonlyMap<string, Point> {
  const span = (values: readonly number[], size: number) => {
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const inner = size - 2 * (RADIUS + 14);
    return (value: number) => RADIUS + 14 + (max > min ? ((value - min) / (max - min)) * inner : inner / 2);
  };
  const x = span(nodes.map((node) => node.x), WIDTH);
  const y = span(nodes.map((node) => node.y), HEIGHT);
  return new Map(nodes.map((node) => [node.id, { x: x(node.x), y: y(node.y) }]));
}

/** From rim to rim, bent where the way back is an edge too. */
function path(from: Point, to: Point, bend: number): { readonly d: string; readonly middle: Point } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const control = { x: (from.x + to.x) / 2 - uy * bend, y: (from.y + to.y) / 2 + ux * bend };
  const toward = (start: Point, reach: number): Point => {
    const l = Math.hypot(control.x - start.x, control.y - start.y) || 1;
    return { x: start.x + ((control.x - start.x) / l) * reach, y: start.y + ((control.y - start.y) / l) * reach };
  };
  const start = toward(from, RADIUS);
  const end = toward(to, RADIUS + 6);
  return {
    d: `M${start.x.toFixed(1)},${start.y.toFixed(1)} Q${control.x.toFixed(1)},${control.y.toFixed(1)} ${end.x.toFixed(1)},${end.y.toFixed(1)}`,
    middle: { x: (start.x + 2 * control.x + end.x) / 4, y: (start.y + 2 * control.y + end.y) / 4 },
  };
}

/** The paper's causal graph. An edge that a module cuts is a switch: pressing it cuts or restores it in the settings. */
export function CausalGraphFigure({ model }: { readonly model: AnyModelDefinition }) {
  const settings = useLab((state) => state.setup.settings);
  const chosen = useLab((state) => state.setup.model);
  const setSetting = useLab((state) => state.setSetting);
  const [pointed, setPointed] = useState<string | null>(null);
  const arrow = useId();
  const graph = model.graph;
  const editable = chosen === model.id;
  const isCut = (edge: Edge) => edge.setting !== undefined && settings[edge.setting.name] === edge.setting.cut;
  const label = (id: string) => graph?.nodes.find((node) => node.id === id)?.label ?? id;
  const state = (edge: Edge) => (edge.setting ? (isCut(edge) ? 'cut' : 'kept') : 'fixed');
  const toggle = (edge: Edge) => {
    if (edge.setting && editable) setSetting(edge.setting.name, isCut(edge) ? edge.setting.kept : edge.setting.cut);
  };
  const places = graph ? place(graph.nodes) : new Map<string, Point>();
  return (
    <Figure
      name="causal-graph"
      title={`What causes what, by ${model.title}`}
      reading="Arrows are causes. A dashed-ring edge has a module that cuts it: press it to cut or restore it for the next run."
      table={{
        columns: ['edge', 'meaning', 'state', 'setting'],
        rows: (graph?.edges ?? []).map((edge) => [
          `${label(edge.from)} → ${label(edge.to)}`,
          edge.meaning,
          state(edge),
          edge.setting ? edge.setting.name : '',
        ]),
      }}
      empty={!graph && <p>{model.title} comes without a causal graph; the five papers each have one.</p>}
    >
      {graph && (
        <div className="graph">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={`Causal graph of ${model.title}`}>
            <defs>
              <marker id={arrow} viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                <path d="M0,0 L8,4 L0,8 z" className="graph-arrow" />
              </marker>
            </defs>
            {graph.edges.map((edge, k) => {
              const [from, to] = [places.get(edge.from), places.get(edge.to)];
              if (!from || !to) return null;
              const back = graph.edges.some((other) => other.from === edge.to && other.to === edge.from);
              const { d, middle } = path(from, to, back ? 18 : 0);
              const cut = isCut(edge);
              const can = edge.setting !== undefined && editable;
              const described = `${label(edge.from)} to ${label(edge.to)}: ${edge.meaning}`;
              return (
                <g
                  key={k}
                  className={`edge ${cut ? 'cut' : ''} ${edge.setting ? 'switchable' : ''}`}
                  {...(can
                    ? {
                        role: 'switch',
                        tabIndex: 0,
                        'aria-checked': !cut,
                        'aria-label': described,
                        'data-testid': `edge-${edge.from}-${edge.to}`,
                        onClick: () => toggle(edge),
                        onKeyDown: (event: KeyboardEvent) => {
                          if (event.key !== 'Enter' && event.key !== ' ') return;
                          event.preventDefault();
                          toggle(edge);
                        },
                      }
                    : {})}
                  onPointerEnter={() => setPointed(described + (edge.setting ? (cut ? ' (cut)' : ' (kept)') : ''))}
                  onPointerLeave={() => setPointed(null)}
                  onFocus={() => setPointed(described + (cut ? ' (cut)' : ' (kept)'))}
                  onBlur={() => setPointed(null)}
                >
                  <path d={d} className="edge-reach" />
                  <path d={d} className="edge-line" markerEnd={`url(#${arrow})`} />
                  {edge.setting && <circle cx={middle.x} cy={middle.y} r={5} className="edge-knob" />}
                  {cut && (
                    <path d={`M${middle.x - 7},${middle.y + 7} L${middle.x + 7},${middle.y - 7}`} className="edge-scissor" />
                  )}
                </g>
              );
            })}
            {graph.nodes.map((node) => {
              const at = places.get(node.id)!;
              return (
                <g
                  key={node.id}
                  className="node"
                  onPointerEnter={() => setPointed(`${node.label}: ${node.meaning}`)}
                  onPointerLeave={() => setPointed(null)}
                >
                  <circle cx={at.x} cy={at.y} r={RADIUS} />
                  <text x={at.x} y={at.y} textAnchor="middle" dominantBaseline="central">
                    {node.label}
                  </text>
                </g>
              );
            })}
          </svg>
          <p className="graph-note" role="status">
            {pointed ?? graph.nodes.map((node) => `${node.label}: ${node.meaning}`).join(' · ')}
          </p>
        </div>
      )}
    </Figure>
  );
}
