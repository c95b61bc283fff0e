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
  useChartWidth,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import type { CurveProps } from 'recharts';
import { formatCount, formatPlace } from '../format';
import { tickFormat } from './axis';
import type { Domain } from './axis';
import { spread } from './endLabels';

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
  /** Keys of the lower and upper edge of a band behind the line, e.g. quartiles. */
  readonly band?: readonly [string, string];
  /** Marks the points themselves, where they are few. */
  readonly dots?: boolean;
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
  /** Room for labels at the right. */
  readonly labelWidth?: number;
  /** Room for the numbers at the left. */
  readonly axisWidth?: number;
  readonly mark?: { readonly x: number; readonly label: string } | null;
}

const LABEL_GAP = 15;
/** Below this width in pixels labels are names only; the numbers are in the table. */
const NARROW = 460;
/** Letters of a name that a narrow chart shows, and the room at its right that they may take. */
const NARROW_LETTERS = 19;
const NARROW_ROOM = 132;
/** Beside a plot with less room than this a reading would not fit; it then stands at the pointer. */
const TOOLTIP_ROOM = 90;

interface Ends {
  readonly lines: readonly LineSpec[];
  readonly last: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly formatY: (value: number | null) => string;
  readonly faded: (line: LineSpec) => boolean;
  readonly onPoint?: (scenario: string | null) => void;
}

function EndLabels({ lines, last, formatY, faded, onPoint }: Ends) {
  const plot = usePlotArea();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  const narrow = (useChartWidth() ?? 0) < NARROW;
  if (!plot || !scaleX || !scaleY) return null;
  const ends = lines.filter((line) => last.has(line.key));
  const heights = ends.map((line) => Number(scaleY(last.get(line.key)!.y)));
  const placed = spread(heights, LABEL_GAP, plot.y + 4, plot.y + plot.height - 2);
  // All labels stand in one column, right of the line that reaches farthest.
  const x = Math.max(...ends.map((line) => Number(scaleX(last.get(line.key)!.x))));
  return (
    <g className="end-labels">
      {ends.map((line, k) => (
        <g
          key={line.key}
          opacity={faded(line) ? 0.25 : 1}
          onPointerEnter={() => line.scenario && onPoint?.(line.scenario)}
          onPointerLeave={() => onPoint?.(null)}
        >
          <path
            d={`M${x + 1},${formatPlace(heights[k]!)} L${x + 8},${formatPlace(placed[k]!)}`}
            stroke={line.colour}
            fill="none"
            strokeWidth={1}
          />
          <text x={x + 11} y={placed[k]} dominantBaseline="central" fill={line.colour} className="end-label">
            <tspan>
              {narrow && line.label.length > NARROW_LETTERS
                ? `${line.label.slice(0, NARROW_LETTERS - 1)}…`
                : line.label}
            </tspan>
            {!narrow && (
              <tspan className="end-value" dx={5}>
                {formatY(last.get(line.key)!.y)}
              </tspan>
            )}
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
    // A point without neighbours has no line to it: it is drawn itself.
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
          {...{ stroke, strokeOpacity, clipPath }}
        />
      )}
    </>
  );
}

interface TooltipEntry {
  readonly dataKey?: unknown;
  readonly value?: unknown;
}

function Reading({
  active,
  label,
  payload,
  lines,
  formatY,
  formatX,
  xLabel,
}: {
  readonly active?: boolean;
  readonly label?: string | number;
  readonly payload?: readonly TooltipEntry[];
  readonly lines: readonly LineSpec[];
  readonly formatY: (value: number | null) => string;
  readonly formatX: (value: number) => string;
  readonly xLabel: string;
}) {
  if (!active || !payload || payload.length === 0) return null;
  const values = new Map(payload.map((entry) => [String(entry.dataKey), entry.value]));
  const rows = lines
    .map((line) => ({ line, value: values.get(line.key) }))
    .filter((row): row is { line: LineSpec; value: number } => typeof row.value === 'number')
    .sort((a, b) => b.value - a.value);
  return (
    <div className="tooltip">
      <div className="tooltip-head">
        {xLabel} {typeof label === 'number' ? formatX(label) : label}
      </div>
      {rows.map(({ line, value }) => (
        <div key={line.key} className="tooltip-row">
          <span className="swatch" style={{ background: line.colour }} />
          <span>{line.label}</span>
          <span className="tooltip-value">{formatY(value)}</span>
        </div>
      ))}
    </div>
  );
}

export const Lines = memo(function Lines(props: LinesProps) {
  const { lines, points, x, y, width, height, formatY, tickY, xLabel, highlighted, onPoint, mark } = props;
  const formatX = props.formatX ?? formatCount;
  const longest = Math.min(NARROW_LETTERS, Math.max(0, ...lines.map((line) => line.label.length)));
  const labelWidth =
    width < NARROW
      ? Math.min(NARROW_ROOM, props.labelWidth ?? NARROW_ROOM, 18 + 6.2 * longest)
      : (props.labelWidth ?? 130);
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
  const highestCeiling = lines.reduce<LineSpec | null>(
    (top, line) => (typeof line.ceiling === 'number' && line.ceiling > (top?.ceiling ?? -1) ? line : top),
    null,
  )?.key;
  const known = highlighted !== null && lines.some((line) => line.scenario === highlighted);
  const faded = (line: LineSpec) => known && line.scenario !== highlighted;
  if (width < 60 || height < 40) return null;
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
        height={22}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[y.min, y.max]}
        ticks={[...y.ticks]}
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
              {...(line.key === highestCeiling && {
                label: { value: 'ceiling', position: 'insideBottomRight', className: 'mark-label' },
              })}
            />
          ),
      )}
      {mark && (
        <ReferenceLine
          x={mark.x}
          className="mark"
          label={{
            value: mark.label,
            position: mark.x > (x.min + x.max) / 2 ? 'insideTopRight' : 'insideTopLeft',
            className: 'mark-label',
          }}
        />
      )}
      <Tooltip
        isAnimationActive={false}
        // Beside the plot, where it hides the labels whose numbers it gives, and no line.
        {...(labelWidth >= TOOLTIP_ROOM && {
          position: { x: width - labelWidth + 6, y: 0 },
          wrapperStyle: { width: labelWidth - 6 },
          allowEscapeViewBox: { x: true, y: true },
        })}
        cursor={{ className: 'cursor' }}
        content={(tip) => (
          <Reading
            active={tip.active}
            label={tip.label}
            payload={tip.payload}
            lines={lines}
            formatY={formatY}
            formatX={formatX}
            xLabel={xLabel}
          />
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
      <EndLabels lines={lines} last={last} formatY={formatY} faded={faded} onPoint={onPoint} />
    </LineChart>
  );
});
