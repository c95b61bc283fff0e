import { useEffect, useMemo, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { tickFormat } from './axis';
import { useHighlight } from '../store/highlight';
import { groupMiddles, layoutScatter, partLabels, pointAt, pointTowards } from './scatterLayout';
import type { ScatterLayout } from './scatterLayout';
import { useSize } from './useSize';
import './scatter.css';

export interface ScatterGroup {
  readonly label: string;
  /** Scenario id, for highlighting everywhere. */
  readonly scenario: string;
  readonly colour: string;
}

interface Props {
  /** What is drawn, for screen readers. */
  readonly label: string;
  /** `[count * 2]` */
  readonly xy: Float32Array;
  /** Group of each point. */
  readonly group: Uint16Array;
  readonly groups: readonly ScatterGroup[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Axes carry ticks; without, only the arrangement means something. */
  readonly ticks: boolean;
  /** One line about a point. */
  readonly describe: (point: number) => string;
}

/** Groups whose names stand at their middles; beyond, the one that is pointed at. */
const NAMED = 8;
const RADIUS = 2.6;

const stamps = new Map<string, HTMLCanvasElement>();

/** One dot, drawn once: copying it two thousand times is several times faster than filling as many circles. */
function stamp(colour: string, radius: number, ratio: number): HTMLCanvasElement {
  const key = `${colour} ${radius} ${ratio}`;
  const known = stamps.get(key);
  if (known) return known;
  const made = document.createElement('canvas');
  made.width = made.height = Math.ceil(2 * (radius + 1) * ratio);
  const context = made.getContext('2d');
  if (context) {
    context.scale(ratio, ratio);
    context.fillStyle = colour;
    context.beginPath();
    context.arc(radius + 1, radius + 1, radius, 0, 2 * Math.PI);
    context.fill();
  }
  stamps.set(key, made);
  return made;
}

function draw(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  layout: ScatterLayout,
  { group, groups }: Pick<Props, 'group' | 'groups'>,
  highlighted: string | null,
): void {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const front = highlighted === null ? -1 : groups.findIndex(({ scenario }) => scenario === highlighted);
  const radius = group.length > 600 ? RADIUS : RADIUS + 0.8;
  const images = groups.map(({ colour }) => stamp(colour, radius, ratio));
  const half = radius + 1;
  const dots = (drawn: (of: number) => boolean, alpha: number): void => {
    context.globalAlpha = alpha;
    // In the order of the sample, so that no scenario lies on top of another.
    for (let point = 0; point < group.length; point++) {
      const of = group[point]!;
      const image = drawn(of) ? images[of] : undefined;
      if (!image) continue;
      const [x, y] = [layout.places[2 * point]!, layout.places[2 * point + 1]!];
      context.drawImage(image, x - half, y - half, 2 * half, 2 * half);
    }
  };
  if (front < 0) dots(() => true, 0.65);
  else {
    dots((of) => of !== front, 0.1);
    dots((of) => of === front, 0.9);
  }
  context.globalAlpha = 1;
}

/** Points of groups in the plane, on a canvas. The pointer or arrow keys choose a point, which is described. */
export function Scatter(props: Props) {
  const { label, xy, group, groups, ticks, xLabel, yLabel, describe } = props;
  const [ref, size] = useSize<HTMLDivElement>();
  const highlighted = useHighlight((state) => state.scenario);
  const point = useHighlight((state) => state.point);
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [asked, setCursor] = useState<number | null>(null);
  const cursor = asked !== null && asked < group.length ? asked : null;
  const layout = useMemo(() => layoutScatter({ ...size, xy, ticks }), [size, xy, ticks]);
  const middles = useMemo(
    () => groupMiddles(layout.places, group, groups.length),
    [layout, group, groups.length],
  );

  useEffect(() => {
    if (canvas && size.width >= 40 && size.height >= 40)
      draw(canvas, size, layout, { group, groups }, highlighted);
  }, [canvas, size, layout, group, groups, highlighted]);

  function go(to: number | null): void {
    if (to === cursor) return;
    setCursor(to);
    point(to === null ? null : (groups[group[to]!]?.scenario ?? null));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const ways: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[event.key];
    if (way && group.length > 0)
      go(cursor === null ? 0 : pointTowards(layout.places, cursor, way[0], way[1]));
    else if (event.key === 'Escape') go(null);
    else return;
    event.preventDefault();
  }

  function onPointerMove(event: PointerEvent): void {
    const box = event.currentTarget.getBoundingClientRect();
    go(pointAt(layout.places, event.clientX - box.left, event.clientY - box.top));
  }

  const spoken = cursor === null ? '' : describe(cursor);
  const bottom = layout.top + layout.height;
  const room = (name: string): number => Math.min(layout.width / 2, name.length * 3.2);
  const named = partLabels(
    middles.flatMap((middle, of) => {
      const known = groups[of];
      const chosen = known?.scenario === highlighted;
      if (!middle || !known || !(chosen || (groups.length <= NAMED && highlighted === null))) return [];
      const [low, high] = [layout.left + room(known.label), layout.left + layout.width - room(known.label)];
      return [{ ...known, text: known.label, x: Math.min(Math.max(middle.x, low), high), y: middle.y }];
    }),
    layout.top + 10,
    bottom - 4,
  );
  return (
    <div
      className="scatter"
      ref={ref}
      role="application"
      aria-roledescription="scatter plot"
      aria-label={`${label}. Arrow keys walk the points.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => go(null)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => go(null)}
    >
      <canvas ref={setCanvas} aria-hidden="true" />
      {size.width >= 40 && (
        <svg width={size.width} height={size.height} aria-hidden="true">
          <path
            className="scatter-axis"
            d={`M${layout.left} ${layout.top}V${bottom}H${layout.left + layout.width}`}
          />
          {ticks &&
            layout.x.ticks.map((tick) => (
              <text
                key={`x${tick}`}
                x={layout.left + ((tick - layout.x.min) / (layout.x.max - layout.x.min)) * layout.width}
                y={bottom + 13}
                textAnchor="middle"
              >
                {tickFormat(layout.x.ticks)(tick)}
              </text>
            ))}
          {ticks &&
            layout.y.ticks.map((tick) => (
              <text
                key={`y${tick}`}
                x={layout.left - 5}
                y={bottom - ((tick - layout.y.min) / (layout.y.max - layout.y.min)) * layout.height}
                textAnchor="end"
                dominantBaseline="central"
              >
                {tickFormat(layout.y.ticks)(tick)}
              </text>
            ))}
          <text className="axis-title" x={layout.left + layout.width} y={size.height - 6} textAnchor="end">
            {xLabel} →
          </text>
          <text className="axis-title" x={layout.left} y={12}>
            ↑ {yLabel}
          </text>
          {named.map(({ x, y, text, colour, scenario }) => (
            <text
              key={scenario}
              className="scatter-name"
              x={x}
              y={y}
              textAnchor="middle"
              style={{ fill: colour }}
            >
              {text}
            </text>
          ))}
          {cursor !== null && (
            <circle
              className="scatter-cursor"
              cx={layout.places[2 * cursor]}
              cy={layout.places[2 * cursor + 1]}
              r={6}
            />
          )}
        </svg>
      )}
      <span className="scatter-said" role="status">
        {spoken}
      </span>
    </div>
  );
}
