/** What stands inside a chart of lines: bands, ceilings, the mark, the lines, and their names at their ends. SVG alone; knows no chart library. */
import { useId } from 'react';
import { formatPlace } from '../format';
import { shortName, spread } from './endLabels';
import type { LabelRoom } from './endLabels';
import type { LinePoint, LineSpec } from './lineSpec';

const LABEL_GAP = 15;
/** Letters of a mark's label, in pixels. */
const MARK_LETTER = 6;

/** The rectangle between the axes, in pixels, and where numbers stand in it. */
export interface Plot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly placeX: (value: number) => number;
  readonly placeY: (value: number) => number;
}

interface Drawn {
  readonly lines: readonly LineSpec[];
  readonly plot: Plot;
  readonly faded: (line: LineSpec) => boolean;
}

interface Marks extends Drawn {
  readonly points: readonly LinePoint[];
  /** Scenario whose line is drawn stronger. */
  readonly highlighted: string | null;
  readonly mark: { readonly x: number; readonly label: string } | null;
}

/** Bands, ceilings, the mark and the lines, from back to front. */
export function LineMarks({ lines, points, plot, faded, highlighted, mark }: Marks) {
  const clip = useId();
  const { x, y, width, height } = plot;
  const across = (value: number): number | null => {
    const place = plot.placeY(value);
    // What lies outside the axis is left out, as the ends of lines are.
    return place < y - 1e-6 || place > y + height + 1e-6 ? null : place;
  };
  return (
    <g className="line-marks">
      <clipPath id={clip}>
        <rect {...{ x, y, width, height }} />
      </clipPath>
      <Bands {...{ lines, points, plot, faded }} />
      {lines.map((line) => {
        const place = typeof line.ceiling === 'number' ? across(line.ceiling) : null;
        return (
          place !== null && (
            <line
              key={line.key}
              x1={x}
              x2={x + width}
              y1={place}
              y2={place}
              stroke={line.colour}
              strokeDasharray="1 4"
              strokeOpacity={faded(line) ? 0.2 : 0.9}
            />
          )
        );
      })}
      {mark && <Mark {...{ mark, plot }} />}
      <g clipPath={`url(#${clip})`}>
        {lines.map((line) => (
          <Curve
            key={line.key}
            line={line}
            points={points}
            plot={plot}
            width={highlighted !== null && line.scenario === highlighted ? 2.5 : (line.width ?? 1.75)}
            opacity={faded(line) ? 0.2 : 1}
          />
        ))}
      </g>
      {/* A point without neighbours is drawn whole, also at an edge. */}
      {lines.map((line) => (
        <LonePoints key={line.key} line={line} points={points} plot={plot} opacity={faded(line) ? 0.2 : 1} />
      ))}
    </g>
  );
}

/** Bands behind their lines, from one point to the next that has both edges. */
function Bands({ lines, points, plot, faded }: Drawn & Pick<Marks, 'points'>) {
  return (
    <g className="bands">
      {lines.map((line) => {
        if (!line.band) return null;
        const [low, high] = line.band;
        const edges = points.flatMap((point) => {
          const [from, to] = [point[low], point[high]];
          if (typeof from !== 'number' || typeof to !== 'number') return [];
          return [{ x: plot.placeX(point.x), from: plot.placeY(from), to: plot.placeY(to) }];
        });
        // One point alone has no width; a bar shows what it spans.
        const only = edges.length === 1 ? edges[0]! : null;
        const path = only
          ? `M${only.x - 4},${only.to}H${only.x + 4}V${only.from}H${only.x - 4}Z`
          : `M${[...edges.map(({ x, to }) => `${x},${to}`), ...edges.toReversed().map(({ x, from }) => `${x},${from}`)].join('L')}Z`;
        return edges.length === 0 ? null : (
          <path key={line.key} d={path} fill={line.colour} fillOpacity={faded(line) ? 0.04 : 0.16} />
        );
      })}
    </g>
  );
}

/** A line down from the top, with what it stands for. */
function Mark({ mark, plot }: { readonly mark: NonNullable<Marks['mark']>; readonly plot: Plot }) {
  const at = plot.placeX(mark.x);
  if (at < plot.x - 1e-6 || at > plot.x + plot.width + 1e-6) return null;
  // Left of its line, where no end of a line stands, unless that is outside.
  const left = at - plot.x > mark.label.length * MARK_LETTER + 8;
  return (
    <g className="mark">
      <line x1={at} x2={at} y1={plot.y} y2={plot.y + plot.height} />
      {mark.label !== '' && (
        <text
          className="mark-label"
          x={left ? at - 5 : at + 5}
          y={plot.y + 5}
          dy="0.71em"
          textAnchor={left ? 'end' : 'start'}
        >
          {mark.label}
        </text>
      )}
    </g>
  );
}

interface CurveProps {
  readonly line: LineSpec;
  readonly points: readonly LinePoint[];
  readonly plot: Plot;
  readonly opacity: number;
}

const known = (point: LinePoint | undefined, key: string): boolean => typeof point?.[key] === 'number';

const placed = (plot: Plot, point: LinePoint, key: string): string =>
  `${formatPlace(plot.placeX(point.x))},${formatPlace(plot.placeY(point[key]!))}`;

/** A line through the defined points, broken where one is undefined. */
function Curve({ line, points, plot, width, opacity }: CurveProps & { readonly width: number }) {
  const { key, colour } = line;
  let path = '';
  points.forEach((point, k) => {
    if (known(point, key)) path += `${known(points[k - 1], key) ? 'L' : 'M'}${placed(plot, point, key)}`;
  });
  return (
    <>
      <path
        d={path}
        fill="none"
        stroke={colour}
        strokeWidth={width}
        strokeDasharray={line.dash}
        strokeOpacity={opacity}
      />
      {line.dots &&
        points.map((point, k) =>
          known(point, key) ? (
            <circle
              key={k}
              cx={plot.placeX(point.x)}
              cy={plot.placeY(point[key]!)}
              r={2.5}
              fill={colour}
              strokeWidth={0}
            />
          ) : null,
        )}
    </>
  );
}

/** Points that no line reaches. */
function LonePoints({ line, points, plot, opacity }: CurveProps) {
  const { key } = line;
  const alone = points.filter(
    (point, k) => known(point, key) && !known(points[k - 1], key) && !known(points[k + 1], key),
  );
  if (alone.length === 0) return null;
  return (
    <path
      d={alone.map((point) => `M${placed(plot, point, key)}h0`).join('')}
      className="point-alone"
      fill="none"
      strokeLinecap="round"
      strokeWidth={5}
      stroke={line.colour}
      strokeOpacity={opacity}
    />
  );
}

interface Ends extends Drawn {
  readonly last: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /** The highest ceiling, which is named in the same column; null where there is none. */
  readonly ceiling: number | null;
  readonly ceilingName: string;
  readonly room: LabelRoom;
  readonly formatY: (value: number | null) => string;
  readonly onPoint?: (scenario: string | null) => void;
  /** Where a pointer reads the chart. */
  readonly read: LinePoint | null;
}

/** Names at the ends of lines. Where a pointer reads the chart, its values stand there, and hide no line. */
export function EndLabels({
  lines,
  last,
  ceiling,
  ceilingName,
  room,
  formatY,
  plot,
  faded,
  onPoint,
  read,
}: Ends) {
  // A mark on one point alone has no value where another is read.
  const ends = lines.filter(
    (line) => last.has(line.key) && !(line.mark && read && typeof read[line.key] !== 'number'),
  );
  const heights = ends.map((line) => plot.placeY(last.get(line.key)!.y));
  const ceilingAt = ceiling === null ? [] : [plot.placeY(ceiling)];
  const placedAt = spread([...heights, ...ceilingAt], LABEL_GAP, plot.y + 4, plot.y + plot.height - 2);
  // All labels stand in one column, right of the line that reaches farthest.
  const x = Math.max(...ends.map((line) => plot.placeX(last.get(line.key)!.x)));
  const edge = plot.x + plot.width;
  const texts = (line: LineSpec): readonly [string, string | null] => {
    const name = shortName(line.label, room.letters);
    const reading = read ? formatY(read[line.key] ?? null) : null;
    const shown = reading === 'undefined' ? '–' : reading;
    if (room.values) return [name, shown ?? formatY(last.get(line.key)!.y)];
    return [shown ?? name, null];
  };
  return (
    <g className="end-labels">
      {ends.map((line, k) => {
        const [name, value] = texts(line);
        return (
          <g
            key={line.key}
            opacity={faded(line) ? 0.25 : 1}
            onPointerEnter={() => line.scenario && onPoint?.(line.scenario)}
            onPointerLeave={() => onPoint?.(null)}
          >
            <path
              d={`M${formatPlace(x + 1)},${formatPlace(heights[k]!)} L${formatPlace(x + 8)},${formatPlace(placedAt[k]!)}`}
              stroke={line.colour}
              fill="none"
              strokeWidth={1}
            />
            <text
              x={x + 11}
              y={placedAt[k]}
              dominantBaseline="central"
              fill={line.colour}
              className="end-label"
            >
              <tspan>{name}</tspan>
              {value !== null && (
                <tspan className="end-value" dx={5}>
                  {value}
                </tspan>
              )}
            </text>
          </g>
        );
      })}
      {ceilingAt.map((height) => (
        <g key="ceiling" className="mark-label">
          <path
            d={`M${formatPlace(edge + 1)},${formatPlace(height)} L${formatPlace(edge + 8)},${formatPlace(placedAt.at(-1) ?? height)}`}
            className="ceiling-lead"
          />
          <text x={edge + 11} y={placedAt.at(-1)} dominantBaseline="central">
            {ceilingName}
          </text>
        </g>
      ))}
    </g>
  );
}
