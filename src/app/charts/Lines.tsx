/**
 * Lines over steps: at most six of at most 300 points, no animation, labelled at their ends. Drawn as plain SVG in one go,
 * without measuring: a drawing that asks the browser for sizes makes it lay the whole page out in the middle of an update.
 */
import { memo, useId, useMemo } from 'react';
import { formatCount } from '../format';
import { tickFormat } from './axis';
import type { Domain } from './axis';
import { spread } from './endLabels';
import { LineReading } from './LineReading';
import { bandPath, fittingTicks, lastPoints, layoutLines, linePath, NARROW_LETTERS } from './linesLayout';
import type { LinesLayout } from './linesLayout';

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
  /** Room for figures at the left. */
  readonly axisWidth?: number;
  readonly mark?: { readonly x: number; readonly label: string } | null;
}

const LABEL_GAP = 15;

interface Ends {
  readonly layout: LinesLayout;
  readonly lines: readonly LineSpec[];
  readonly last: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly formatY: (value: number | null) => string;
  readonly faded: (line: LineSpec) => boolean;
  readonly onPoint?: (scenario: string | null) => void;
}

function EndLabels({ layout, lines, last, formatY, faded, onPoint }: Ends) {
  const ends = lines.filter((line) => last.has(line.key));
  const heights = ends.map((line) => layout.toY(last.get(line.key)!.y));
  const placed = spread(heights, LABEL_GAP, layout.top + 4, layout.top + layout.height - 2);
  // All labels stand in one column, right of the line that reaches farthest.
  const x = Math.max(...ends.map((line) => layout.toX(last.get(line.key)!.x)));
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
            d={`M${(x + 1).toFixed(1)},${heights[k]!.toFixed(1)}L${(x + 8).toFixed(1)},${placed[k]!.toFixed(1)}`}
            stroke={line.colour}
            fill="none"
            strokeWidth={1}
          />
          <text x={x + 11} y={placed[k]} dominantBaseline="central" fill={line.colour} className="end-label">
            <tspan>
              {layout.narrow && line.label.length > NARROW_LETTERS
                ? `${line.label.slice(0, NARROW_LETTERS - 1)}…`
                : line.label}
            </tspan>
            {!layout.narrow && (
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

interface AxesProps {
  readonly layout: LinesLayout;
  readonly x: Domain;
  readonly y: Domain;
  readonly formatX: (value: number) => string;
  readonly tickY?: (value: number) => string;
}

/** Changes only with the domains, so seldom while a run trains. */
const Axes = memo(function Axes({ layout, x, y, formatX, tickY }: AxesProps) {
  const { left, top, width, height, toX, toY } = layout;
  const formatY = tickY ?? tickFormat(y.ticks);
  const bottom = top + height;
  return (
    <>
      <g className="lines-grid">
        {y.ticks.map((tick) => (
          <line key={tick} x1={left} x2={left + width} y1={toY(tick)} y2={toY(tick)} />
        ))}
      </g>
      <line className="lines-axis" x1={left} x2={left + width} y1={bottom} y2={bottom} />
      {fittingTicks(x.ticks, formatX, toX).map((tick) => (
        <text key={tick} className="lines-tick" x={toX(tick)} y={bottom + 18} textAnchor="middle">
          {formatX(tick)}
        </text>
      ))}
      {y.ticks.map((tick) => (
        <text
          key={tick}
          className="lines-tick"
          x={left - 8}
          y={toY(tick)}
          textAnchor="end"
          dominantBaseline="central"
        >
          {formatY(tick)}
        </text>
      ))}
    </>
  );
});

const within = (value: number, { min, max }: Domain): boolean => value >= min && value <= max;

export const Lines = memo(function Lines(props: LinesProps) {
  const { lines, points, x, y, width, height, formatY, tickY, xLabel, highlighted, onPoint, mark } = props;
  const { labelWidth, axisWidth } = props;
  const formatX = props.formatX ?? formatCount;
  const clip = useId();
  // The same axes are the same object, so that what depends on them alone rests.
  const [keyX, keyY] = [JSON.stringify(x), JSON.stringify(y)];
  const axes = useMemo(
    () => ({ x: JSON.parse(keyX) as Domain, y: JSON.parse(keyY) as Domain }),
    [keyX, keyY],
  );
  const layout = useMemo(
    () =>
      layoutLines({ ...axes, width, height, labels: lines.map(({ label }) => label), labelWidth, axisWidth }),
    [axes, width, height, lines, labelWidth, axisWidth],
  );
  const last = useMemo(() => lastPoints(lines, points), [lines, points]);
  const paths = useMemo(
    () => lines.map((line) => linePath(points, line.key, layout)),
    [lines, points, layout],
  );
  const known = highlighted !== null && lines.some((line) => line.scenario === highlighted);
  const faded = (line: LineSpec) => known && line.scenario !== highlighted;
  if (width < 60 || height < 40) return null;
  const { left, top, toX, toY } = layout;
  const markRight = mark ? mark.x > (x.min + x.max) / 2 : false;
  return (
    <>
      <svg className="lines" width={width} height={height} aria-hidden="true">
        <defs>
          <clipPath id={clip}>
            {/* Half a line's width more, so that a line along an edge is whole. */}
            <rect x={left} y={top - 2} width={layout.width + 2} height={layout.height + 4} />
          </clipPath>
        </defs>
        <Axes layout={layout} x={axes.x} y={axes.y} formatX={formatX} tickY={tickY} />
        {lines.map(
          (line) =>
            typeof line.ceiling === 'number' &&
            within(line.ceiling, y) && (
              <line
                key={line.key}
                x1={left}
                x2={left + layout.width}
                y1={toY(line.ceiling)}
                y2={toY(line.ceiling)}
                stroke={line.colour}
                strokeDasharray="1 4"
                strokeOpacity={faded(line) ? 0.2 : 0.9}
              />
            ),
        )}
        {mark && within(mark.x, x) && (
          <g className="mark">
            <line x1={toX(mark.x)} x2={toX(mark.x)} y1={top} y2={top + layout.height} />
            <text
              className="mark-label"
              x={toX(mark.x) + (markRight ? -5 : 5)}
              y={top + 14}
              textAnchor={markRight ? 'end' : 'start'}
            >
              {mark.label}
            </text>
          </g>
        )}
        <g clipPath={`url(#${clip})`}>
          {lines.map((line) => {
            const band = line.band ? bandPath(points, line.band, layout) : null;
            return (
              band && (
                <path key={line.key} d={band} fill={line.colour} fillOpacity={faded(line) ? 0.04 : 0.16} />
              )
            );
          })}
          {lines.map((line, k) => (
            <path
              key={line.key}
              d={paths[k]}
              fill="none"
              stroke={line.colour}
              strokeWidth={highlighted !== null && line.scenario === highlighted ? 2.5 : (line.width ?? 1.75)}
              strokeDasharray={line.dash}
              strokeOpacity={faded(line) ? 0.2 : 1}
            />
          ))}
        </g>
        {lines.map(
          (line) =>
            line.dots &&
            points.map((point) => {
              const value = point[line.key];
              return typeof value === 'number' && within(value, y) ? (
                <circle
                  key={`${line.key} ${point.x}`}
                  cx={toX(point.x)}
                  cy={toY(value)}
                  r={2.5}
                  fill={line.colour}
                  fillOpacity={faded(line) ? 0.2 : 1}
                />
              ) : null;
            }),
        )}
        <EndLabels
          layout={layout}
          lines={lines}
          last={last}
          formatY={formatY}
          faded={faded}
          onPoint={onPoint}
        />
      </svg>
      <LineReading
        width={width}
        height={height}
        layout={layout}
        lines={lines}
        points={points}
        formatY={formatY}
        formatX={formatX}
        xLabel={xLabel}
      />
    </>
  );
});
