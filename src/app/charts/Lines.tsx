/**
 * Lines over steps: at most six of at most 300 points, no animation, no dots, labelled at their ends. The only file
 * that knows recharts; it is fetched when the first curve is drawn.
 */
import { memo, useMemo } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  Tooltip,
  useActiveTooltipDataPoints,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import type { CurveProps } from 'recharts';
import { formatCount, formatPlace } from '../format';
import { tickFormat, ticksWithin } from './axis';
import type { Domain } from './axis';
import { labelRoom, shortName, spread } from './endLabels';
import type { LabelRoom } from './endLabels';

export interface LineSpec {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  /** Dashed lines are means and medians; solid ones are scenarios. */
  readonly dash?: string;
  readonly width?: number;
  /** Scenario that the line belongs to, for highlighting. */
  readonly scenario?: string;
  /** The best that is possible, drawn as a thin line across. */
  readonly ceiling?: number | null;
  /** What that line is called, where it is no ceiling. */
  readonly ceilingName?: string;
  /** Keys of the lower and upper edge of a band behind the line, e.g. quartiles. */
  readonly band?: readonly [string, string];
  /** Marks the points themselves, where they are few. */
  readonly dots?: boolean;
  /** No line: it marks one point of another. */
  readonly mark?: boolean;
}

export type LinePoint = Readonly<Record<string, number | null>> & { readonly x: number };

export interface LinesProps {
  readonly lines: readonly LineSpec[];
  readonly points: readonly LinePoint[];
  readonly x: Domain;
  readonly y: Domain;
  readonly width: number;
  readonly height: number;
  readonly formatY: (value: number | null) => string;
  readonly tickY?: (value: number) => string;
  /** Figures along x; counts of steps unless said. */
  readonly formatX?: (value: number) => string;
  readonly xLabel: string;
  readonly highlighted: string | null;
  readonly onPoint?: (scenario: string | null) => void;
  /** Most room for labels at the right, where it has to be that of another chart; a sixth of the width unless said. */
  readonly labelWidth?: number;
  /** Room for the numbers at the left. */
  readonly axisWidth?: number;
  readonly mark?: { readonly x: number; readonly label: string } | null;
}

const LABEL_GAP = 15;
/** Room for the figures along x. */
const AXIS_HEIGHT = 22;
/** Letters of a mark's label, in pixels. */
const MARK_LETTER = 6;

interface Ends {
  readonly lines: readonly LineSpec[];
  readonly last: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /** The highest ceiling, which is named in the same column; null where there is none. */
  readonly ceiling: number | null;
  readonly ceilingName: string;
  readonly room: LabelRoom;
  readonly formatY: (value: number | null) => string;
  readonly faded: (line: LineSpec) => boolean;
  readonly onPoint?: (scenario: string | null) => void;
}

function isPoint(value: unknown): value is LinePoint {
  return typeof value === 'object' && value !== null && 'x' in value;
}

/** Names at the ends of lines. Where a pointer reads the chart, its values stand there, and hide no line. */
function EndLabels({ lines, last, ceiling, ceilingName, room, formatY, faded, onPoint }: Ends) {
  const plot = usePlotArea();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  const [read] = useActiveTooltipDataPoints<unknown>() ?? [];
  if (!plot || !scaleX || !scaleY) return null;
  // A mark on one point alone has no value where another is read.
  const ends = lines.filter(
    (line) => last.has(line.key) && !(line.mark && isPoint(read) && typeof read[line.key] !== 'number'),
  );
  const heights = ends.map((line) => Number(scaleY(last.get(line.key)!.y)));
  const ceilingAt = ceiling === null ? [] : [Number(scaleY(ceiling))];
  const placed = spread([...heights, ...ceilingAt], LABEL_GAP, plot.y + 4, plot.y + plot.height - 2);
  // All labels stand in one column, right of the line that reaches farthest.
  const x = Math.max(...ends.map((line) => Number(scaleX(last.get(line.key)!.x))));
  const edge = plot.x + plot.width;
  const texts = (line: LineSpec): readonly [string, string | null] => {
    const name = shortName(line.label, room.letters);
    const reading = isPoint(read) ? formatY(read[line.key] ?? null) : null;
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
              d={`M${formatPlace(x + 1)},${formatPlace(heights[k]!)} L${formatPlace(x + 8)},${formatPlace(placed[k]!)}`}
              stroke={line.colour}
              fill="none"
              strokeWidth={1}
            />
            <text
              x={x + 11}
              y={placed[k]}
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
            d={`M${formatPlace(edge + 1)},${formatPlace(height)} L${formatPlace(edge + 8)},${formatPlace(placed.at(-1) ?? height)}`}
            className="ceiling-lead"
          />
          <text x={edge + 11} y={placed.at(-1)} dominantBaseline="central">
            {ceilingName}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Bands behind their lines, from one point to the next that has both edges. */
function Bands({ lines, points, faded }: Pick<LinesProps, 'lines' | 'points'> & Pick<Ends, 'faded'>) {
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (!scaleX || !scaleY) return null;
  return (
    <g className="bands">
      {lines.map((line) => {
        if (!line.band) return null;
        const [low, high] = line.band;
        const edges = points.flatMap((point) => {
          const [from, to] = [point[low], point[high]];
          if (typeof from !== 'number' || typeof to !== 'number') return [];
          return [{ x: Number(scaleX(point.x)), from: Number(scaleY(from)), to: Number(scaleY(to)) }];
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

/**
 * A line through the defined points, broken where one is undefined. The library's own curve measures its path
 * (`getTotalLength`, also without animation); asked in the middle of an update, the browser lays the whole page out for each.
 */
function Curve({ points = [], stroke, strokeWidth, strokeDasharray, strokeOpacity, clipPath }: CurveProps) {
  let path = '';
  let alone = '';
  const known = points.map(({ x, y }) => typeof x === 'number' && typeof y === 'number');
  points.forEach(({ x, y }, k) => {
    if (!known[k]) return;
    const place = `${formatPlace(Number(x))},${formatPlace(Number(y))}`;
    path += `${known[k - 1] ? 'L' : 'M'}${place}`;
    // A point without neighbours has no line to it: it is drawn itself, whole also at an edge.
    if (!known[k - 1] && !known[k + 1]) alone += `M${place}h0`;
  });
  return (
    <>
      <path d={path} fill="none" {...{ stroke, strokeWidth, strokeDasharray, strokeOpacity, clipPath }} />
      {alone !== '' && (
        <path
          d={alone}
          className="point-alone"
          fill="none"
          strokeLinecap="round"
          strokeWidth={5}
          {...{ stroke, strokeOpacity }}
        />
      )}
    </>
  );
}

/** Where the pointer reads the chart: the figure along x, over the axis. */
function Place({
  active,
  label,
  xLabel,
  formatX,
}: {
  readonly active?: boolean;
  readonly label?: string | number;
  readonly xLabel: string;
  readonly formatX: (value: number) => string;
}) {
  if (!active) return null;
  return (
    <div className="tooltip">
      {xLabel} {typeof label === 'number' ? formatX(label) : label}
    </div>
  );
}

export const Lines = memo(function Lines(props: LinesProps) {
  const { lines, points, x, y, width, height, formatY, tickY, xLabel, highlighted, onPoint, mark } = props;
  const formatX = props.formatX ?? formatCount;
  const { labelWidth: most } = props;
  const ceilingName = lines.find((line) => line.ceilingName !== undefined)?.ceilingName ?? 'ceiling';
  const room = useMemo(
    () =>
      labelRoom(
        width,
        [
          ...lines.map(({ label }) => label),
          ...(lines.some(({ ceiling }) => typeof ceiling === 'number') ? [ceilingName] : []),
        ],
        most,
      ),
    [width, lines, most, ceilingName],
  );
  const labelWidth = room.width;
  const last = useMemo(() => {
    const found = new Map<string, { x: number; y: number }>();
    for (const line of lines) {
      for (let k = points.length - 1; k >= 0; k--) {
        const point = points[k]!;
        const value = point[line.key];
        if (typeof value === 'number') {
          found.set(line.key, { x: point.x, y: value });
          break;
        }
      }
    }
    return found;
  }, [lines, points]);
  // One word for all of them, at the highest.
  const ceilings = lines.flatMap(({ ceiling }) => (typeof ceiling === 'number' ? [ceiling] : []));
  const highest = ceilings.length > 0 ? Math.max(...ceilings) : null;
  const known = highlighted !== null && lines.some((line) => line.scenario === highlighted);
  const faded = (line: LineSpec) => known && line.scenario !== highlighted;
  if (width < 60 || height < 40) return null;
  // Left of its line, where no end of a line stands, unless that is outside.
  const markAt = mark
    ? ((mark.x - x.min) / (x.max - x.min || 1)) * (width - labelWidth - (props.axisWidth ?? 38))
    : 0;
  const markLeft = mark !== null && mark !== undefined && markAt > mark.label.length * MARK_LETTER + 8;
  return (
    <LineChart
      width={width}
      height={height}
      data={points}
      margin={{ top: 6, right: labelWidth, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} className="grid" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[x.min, x.max]}
        ticks={[...x.ticks]}
        tickFormatter={formatX}
        tickLine={false}
        tickMargin={4}
        height={AXIS_HEIGHT}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[y.min, y.max]}
        ticks={[...ticksWithin(y, height - AXIS_HEIGHT)]}
        tickFormatter={tickY ?? tickFormat(y.ticks)}
        tickLine={false}
        axisLine={false}
        width={props.axisWidth ?? 38}
        allowDataOverflow
        interval={0}
      />
      {lines.map(
        (line) =>
          typeof line.ceiling === 'number' && (
            <ReferenceLine
              key={`ceiling-${line.key}`}
              y={line.ceiling}
              stroke={line.colour}
              strokeDasharray="1 4"
              strokeOpacity={faded(line) ? 0.2 : 0.9}
            />
          ),
      )}
      {mark && (
        <ReferenceLine
          x={mark.x}
          className="mark"
          label={{
            value: mark.label,
            position: markLeft ? 'insideTopRight' : 'insideTopLeft',
            className: 'mark-label',
          }}
        />
      )}
      <Tooltip
        isAnimationActive={false}
        cursor={{ className: 'cursor' }}
        position={{ y: height - AXIS_HEIGHT }}
        offset={0}
        allowEscapeViewBox={{ x: false, y: true }}
        content={({ active, label }) => (
          <Place active={active} label={label} formatX={formatX} xLabel={xLabel} />
        )}
      />
      <Bands lines={lines} points={points} faded={faded} />
      {lines.map((line) => (
        <Line
          key={line.key}
          dataKey={line.key}
          type="linear"
          stroke={line.colour}
          strokeWidth={highlighted !== null && line.scenario === highlighted ? 2.5 : (line.width ?? 1.75)}
          strokeDasharray={line.dash}
          strokeOpacity={faded(line) ? 0.2 : 1}
          dot={line.dots ? { r: 2.5, fill: line.colour, strokeWidth: 0 } : false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls={false}
          shape={Curve}
        />
      ))}
      <EndLabels
        {...{ lines, last, room, formatY, faded, onPoint }}
        ceiling={highest}
        ceilingName={ceilingName}
      />
    </LineChart>
  );
});
