import { useState } from 'react';
import type { PointerEvent } from 'react';
import type { LinePoint, LineSpec } from './Lines';
import { nearestPoint } from './linesLayout';
import type { LinesLayout } from './linesLayout';

interface Props {
  readonly width: number;
  readonly height: number;
  readonly layout: LinesLayout;
  readonly lines: readonly LineSpec[];
  readonly points: readonly LinePoint[];
  readonly formatY: (value: number | null) => string;
  readonly formatX: (value: number) => string;
  readonly xLabel: string;
}

/** Room of a reading beside the pointer; beyond it the reading stands at the pointer's other side. */
const ROOM = 170;

/** The figures under the pointer, with a line at their step. A part of its own: a moving pointer draws no curve again. */
export function LineReading({ width, height, layout, lines, points, formatY, formatX, xLabel }: Props) {
  const [at, setAt] = useState<{ readonly value: number; readonly y: number } | null>(null);
  const point = at === null ? undefined : points[nearestPoint(points, at.value)];

  function follow(event: PointerEvent<HTMLDivElement>): void {
    const box = event.currentTarget.getBoundingClientRect();
    const span = layout.toX(1) - layout.toX(0);
    setAt({
      value: (event.clientX - box.left + layout.left - layout.toX(0)) / span,
      y: event.clientY - box.top,
    });
  }

  const x = point ? layout.toX(point.x) : 0;
  const rows = point
    ? lines
        .flatMap((line) => {
          const value = point[line.key];
          return typeof value === 'number' ? [{ line, value }] : [];
        })
        .sort((a, b) => b.value - a.value)
    : [];
  const { left, top, width: plotWidth, height: plotHeight } = layout;
  return (
    <>
      <div
        className="lines-pointer"
        style={{ left, top, width: plotWidth, height: plotHeight }}
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setAt(null)}
      />
      {point && rows.length > 0 && at && (
        <>
          <svg className="lines-cursor" width={width} height={height} aria-hidden="true">
            <line className="cursor" x1={x} x2={x} y1={top} y2={top + plotHeight} />
          </svg>
          <div
            className="tooltip lines-reading"
            style={{
              top: Math.max(0, Math.min(at.y + 10, height - 30 - 18 * rows.length)),
              ...(x + 10 + ROOM > width ? { right: width - x + 10 } : { left: x + 10 }),
            }}
          >
            <div className="tooltip-head">
              {xLabel} {formatX(point.x)}
            </div>
            {rows.map(({ line, value }) => (
              <div key={line.key} className="tooltip-row">
                <span className="swatch" style={{ background: line.colour }} />
                <span>{line.label}</span>
                <span className="tooltip-value">{formatY(value)}</span>
              </div>
            ))}
          </div>
        </>
      )}
    </>
  );
}
