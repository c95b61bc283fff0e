import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { layOutGraph, RADIUS } from './graphLayout';
import { SymbolText } from './SymbolText';
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
  /** What cutting it did, a bar each around a line: drawn beside its knob. */
  readonly bars?: readonly { readonly value: number | null; readonly colour: string }[];
}

interface Props {
  readonly label: string;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly width: number;
  readonly height: number;
  /** Null: looked at only. */
  readonly onToggle: ((edge: DrawnEdge) => void) | null;
  /** Shown while nothing is pointed at; left out: what each node means. */
  readonly note?: string;
}

/** Pixels of a bar at an edge: its width with the gap, and half the height of the largest. */
const BAR = 5;
const BAR_REACH = 11;

/** Bars up and down from a short line, at the right of an edge's knob. */
function EdgeBars({
  bars,
  x,
  y,
}: {
  readonly bars: NonNullable<DrawnEdge['bars']>;
  readonly x: number;
  readonly y: number;
}) {
  const largest = Math.max(1e-9, ...bars.map(({ value }) => Math.abs(value ?? 0)));
  return (
    <g aria-hidden="true" className="edge-bars">
      <line x1={x} x2={x + BAR * bars.length} y1={y} y2={y} />
      {bars.map(({ value, colour }, k) => {
        const height = (Math.abs(value ?? 0) / largest) * BAR_REACH;
        return (
          <rect
            key={k}
            x={x + BAR * k + 0.5}
            y={(value ?? 0) > 0 ? y - height : y}
            width={BAR - 1}
            height={height}
            fill={colour}
          />
        );
      })}
    </g>
  );
}

/** A causal graph whose switchable edges are switches, by pointer and by keyboard. */
export function GraphDrawing({ label, nodes, edges, width, height, onToggle, note }: Props) {
  /** What is pointed at, by its key: what is said of it changes when it is pressed. */
  const [pointed, setPointed] = useState<string | null>(null);
  const sentences = new Map<string, string>();
  const pointer = (key: string) => ({
    onPointerEnter: () => setPointed(key),
    onPointerLeave: () => setPointed(null),
  });
  const arrow = useId();
  const { places, lines, knobs, letters, captions } = layOutGraph(nodes, edges, width, height);
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
        {lines.map(({ edge, path: { d } }, k) => {
          const middle = knobs[k]!;
          const cut = edge.cut === true;
          const said = `${symbol(edge.from)} → ${symbol(edge.to)}: ${edge.meaning}${edge.state ? ` (${edge.state})` : ''}`;
          sentences.set(`edge ${k}`, said);
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
              {...pointer(`edge ${k}`)}
              onFocus={() => setPointed(`edge ${k}`)}
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
              {edge.bars && <EdgeBars bars={edge.bars} x={middle.x + 9} y={middle.y} />}
            </g>
          );
        })}
        {nodes.map((node, k) => {
          const at = places.get(node.id)!;
          const said = `${node.caption ?? node.symbol}: ${node.meaning}`;
          sentences.set(`node ${k}`, said);
          const words = captions.get(node.id);
          return (
            <g key={node.id} className={`node ${node.hidden ? 'node-hidden' : ''}`} {...pointer(`node ${k}`)}>
              <circle cx={at.x} cy={at.y} r={RADIUS} />
              <text
                x={at.x}
                y={at.y}
                textAnchor="middle"
                dominantBaseline="central"
                className={(letters[k]?.length ?? 0) > 2 ? 'node-word' : undefined}
              >
                <SymbolText text={letters[k] ?? ''} />
              </text>
              {words && (
                <text
                  x={words.x}
                  y={words.y}
                  textAnchor="middle"
                  dominantBaseline="central"
                  className="node-caption"
                >
                  <SymbolText text={words.caption} />
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <div className="graph-note" role="status">
        {(pointed === null ? undefined : sentences.get(pointed)) ?? note ?? <Meanings nodes={nodes} />}
      </div>
    </div>
  );
}

/** What each node stands for. */
function Meanings({ nodes }: Pick<Props, 'nodes'>) {
  return (
    <ul className="graph-meanings">
      {nodes.map(({ id, symbol, caption, meaning }) => (
        <li key={id}>
          <b>
            {(caption ?? symbol)
              .split(/_([\p{L}\p{N}]+)/u)
              .map((part, k) => (k % 2 === 1 ? <sub key={k}>{part}</sub> : part))}
          </b>
          : {meaning}
        </li>
      ))}
    </ul>
  );
}
