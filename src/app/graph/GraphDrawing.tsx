import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { edgePath, placeNodes } from './layout';
import './graph.css';

export interface DrawnNode {
  readonly id: string;
  /** Short enough for a circle. */
  readonly symbol: string;
  /** Beside the circle where it says more than the symbol. */
  readonly caption?: string;
  readonly meaning: string;
  readonly hidden?: boolean;
  readonly x: number;
  readonly y: number;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly meaning: string;
  /** Strength 0…1 as thickness; 1 where it has none. */
  readonly strength?: number;
  /** Null for an edge that nothing switches. */
  readonly cut: boolean | null;
  /** Said beside the meaning, e.g. the knob's value. */
  readonly state?: string;
}

interface Props {
  readonly label: string;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly width: number;
  readonly height: number;
  /** Null: looked at only. */
  readonly onToggle: ((edge: DrawnEdge) => void) | null;
  /** Shown while nothing is pointed at. */
  readonly note: string;
}

const RADIUS = 16;
/** Letters that fit into a circle. */
const FITTING = 4;

/** A causal graph whose switchable edges are switches, by pointer and by keyboard. */
export function GraphDrawing({ label, nodes, edges, width, height, onToggle, note }: Props) {
  const [pointed, setPointed] = useState<string | null>(null);
  const arrow = useId();
  const places = placeNodes(nodes, width, height, RADIUS);
  const symbol = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    return node?.caption ?? node?.symbol ?? id;
  };
  return (
    <div className="graph">
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={label}>
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0,0 L8,4 L0,8 z" className="graph-arrow" />
          </marker>
        </defs>
        {edges.map((edge, k) => {
          const [from, to] = [places.get(edge.from), places.get(edge.to)];
          if (!from || !to) return null;
          const others = [...places].filter(([id]) => id !== edge.from && id !== edge.to).map(([, at]) => at);
          const back = edges.some((other) => other.from === edge.to && other.to === edge.from);
          const { d, middle } = edgePath(from, to, RADIUS, others, back);
          const cut = edge.cut === true;
          const said = `${symbol(edge.from)} → ${symbol(edge.to)}: ${edge.meaning}${edge.state ? ` (${edge.state})` : ''}`;
          const toggle = edge.cut !== null && onToggle ? () => onToggle(edge) : null;
          return (
            <g
              key={k}
              className={`edge ${cut ? 'cut' : ''} ${edge.cut !== null ? 'switchable' : ''}`}
              {...(toggle && {
                role: 'switch',
                tabIndex: 0,
                'aria-checked': !cut,
                'aria-label': said,
                'data-testid': `edge-${edge.from}-${edge.to}`,
                onClick: toggle,
                onKeyDown: (event: KeyboardEvent) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return;
                  event.preventDefault();
                  toggle();
                },
              })}
              onPointerEnter={() => setPointed(said)}
              onPointerLeave={() => setPointed(null)}
              onFocus={() => setPointed(said)}
              onBlur={() => setPointed(null)}
            >
              <path d={d} className="edge-reach" />
              <path
                d={d}
                className="edge-line"
                markerEnd={`url(#${arrow})`}
                style={{ strokeWidth: 1 + 2.2 * (edge.strength ?? 0.25) }}
              />
              {edge.cut !== null && <circle cx={middle.x} cy={middle.y} r={4} className="edge-knob" />}
              {cut && (
                <path
                  d={`M${middle.x - 6},${middle.y + 6} L${middle.x + 6},${middle.y - 6}`}
                  className="edge-scissor"
                />
              )}
            </g>
          );
        })}
        {nodes.map((node) => {
          const at = places.get(node.id)!;
          const said = `${node.caption ?? node.symbol}: ${node.meaning}`;
          // A word does not fit into a circle: its initial stands inside, the word below.
          const long = node.symbol.length > FITTING;
          const caption = node.caption ?? (long ? node.symbol : undefined);
          return (
            <g
              key={node.id}
              className={`node ${node.hidden ? 'node-hidden' : ''}`}
              onPointerEnter={() => setPointed(said)}
              onPointerLeave={() => setPointed(null)}
            >
              <circle cx={at.x} cy={at.y} r={RADIUS} />
              <text
                x={at.x}
                y={at.y}
                textAnchor="middle"
                dominantBaseline="central"
                className={!long && node.symbol.length > 2 ? 'node-word' : undefined}
              >
                {long ? node.symbol[0] : node.symbol}
              </text>
              {caption && (
                <text x={at.x} y={at.y + RADIUS + 10} textAnchor="middle" className="node-caption">
                  {caption}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <p className="graph-note" role="status">
        {pointed ?? note}
      </p>
    </div>
  );
}
