/**
 * Lines over steps: at most six of at most 300 points, no animation, no dots, labelled at their ends. The only file
 * that knows recharts; it is fetched when the first curve is drawn.
 *
 * The library draws what seldom changes (axes, grid) and follows the pointer. What is new at every evaluation, the lines and
 * their names, are our own paths within it: each line of the library costs many components and several rounds through its store.
 */
import { memo, useMemo } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  Tooltip,
  useActiveTooltipLabel,
  useIsTooltipActive,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import { formatCount } from '../format';
import { tickFormat, ticksWithin } from './axis';
import type { Domain } from './axis';
import { labelRoom } from './endLabels';
import { EndLabels, LineMarks } from './LineMarks';
import type { Plot } from './LineMarks';
import type { LinePoint, LineSpec } from './lineSpec';

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

/** Room for the figures along x. */
const AXIS_HEIGHT = 22;
const AXIS_WIDTH = 38;

/** The plot between the library's axes; null until it has laid them out. */
function usePlot(): Plot | null {
  const area = usePlotArea();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  return useMemo(
    () =>
      area && scaleX && scaleY
        ? {
            ...area,
            placeX: (value: number) => Number(scaleX(value)),
            placeY: (value: number) => Number(scaleY(value)),
          }
        : null,
    [area, scaleX, scaleY],
  );
}

interface InsideProps
  extends
    Pick<LinesProps, 'lines' | 'points' | 'highlighted' | 'onPoint' | 'formatY' | 'mark'>,
    Pick<Parameters<typeof EndLabels>[0], 'ceilingName' | 'room'> {}

/** The lines in place. */
const Inside = memo(function Inside(props: InsideProps) {
  const { lines, points, highlighted, onPoint, formatY, mark, ceilingName, room } = props;
  const plot = usePlot();
  const active = useIsTooltipActive();
  const label = useActiveTooltipLabel();
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
  if (!plot) return null;
  // One word for all of them, at the highest.
  const ceilings = lines.flatMap(({ ceiling }) => (typeof ceiling === 'number' ? [ceiling] : []));
  const known = highlighted !== null && lines.some((line) => line.scenario === highlighted);
  const faded = (line: LineSpec) => known && line.scenario !== highlighted;
  return (
    <>
      <LineMarks {...{ lines, points, plot, faded, highlighted }} mark={mark ?? null} />
      <EndLabels
        {...{ lines, last, plot, room, formatY, faded, onPoint, ceilingName }}
        ceiling={ceilings.length > 0 ? Math.max(...ceilings) : null}
        read={(active ? points.find(({ x }) => x === label) : null) ?? null}
      />
    </>
  );
});

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

const CURSOR = { className: 'cursor' };
const ESCAPES = { x: false, y: true };

/** Axes, grid and what follows the pointer. Elements that stay the same while their axis does: the library would tell its store of any new one. */
function useFrame({ x, y, height, axisWidth, tickY, formatX = formatCount, xLabel }: LinesProps) {
  const across = useMemo(
    () => (
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
    ),
    [x, formatX],
  );
  const up = useMemo(
    () => (
      <YAxis
        type="number"
        domain={[y.min, y.max]}
        ticks={[...ticksWithin(y, height - AXIS_HEIGHT)]}
        tickFormatter={tickY ?? tickFormat(y.ticks)}
        tickLine={false}
        axisLine={false}
        width={axisWidth ?? AXIS_WIDTH}
        allowDataOverflow
        interval={0}
      />
    ),
    [y, height, tickY, axisWidth],
  );
  const pointed = useMemo(
    () => (
      <Tooltip
        isAnimationActive={false}
        includeHidden
        cursor={CURSOR}
        position={{ y: height - AXIS_HEIGHT }}
        offset={0}
        allowEscapeViewBox={ESCAPES}
        content={({ active, label }) => (
          <Place active={active} label={label} formatX={formatX} xLabel={xLabel} />
        )}
      />
    ),
    [height, formatX, xLabel],
  );
  return { across, up, pointed };
}

const GRID = <CartesianGrid vertical={false} className="grid" />;
/** Nothing that is seen: the library follows the pointer along the points of its own lines only. */
const FOLLOWED = <Line dataKey="x" hide activeDot={false} isAnimationActive={false} />;

/** Draws again where a prop is another one; `LineFrame` gives the same axes while their numbers are the same. */
export const Lines = memo(function Lines(props: LinesProps) {
  const { lines, points, width, height, labelWidth: most, formatY, highlighted, onPoint, mark } = props;
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
  const margin = useMemo(() => ({ top: 6, right: room.width, bottom: 0, left: 0 }), [room.width]);
  const { across, up, pointed } = useFrame(props);
  if (width < 60 || height < 40) return null;
  return (
    <LineChart width={width} height={height} data={points} margin={margin} accessibilityLayer={false}>
      {GRID}
      {FOLLOWED}
      {across}
      {up}
      {pointed}
      <Inside {...{ lines, points, highlighted, onPoint, formatY, mark, ceilingName, room }} />
    </LineChart>
  );
});
