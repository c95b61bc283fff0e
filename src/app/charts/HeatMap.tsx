import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useHighlight } from '../store/highlight';
import { useTheme } from '../store/theme';
import { DEFINED, drawHeat, drawKey, endsOf, NOT_YET, UNDEFINED } from './heatDraw';
import type { HeatScale, HeatValues } from './heatDraw';
import { HeatLabels, LONGEST_LABEL, shortLabel } from './HeatLabels';
import type { HeatLabel } from './HeatLabels';
import { cellAt, keyLeft, layoutHeat, onTwoLines, pan, reveal, widthOf, zoom } from './heatLayout';
import type { Window } from './heatLayout';
import { HeatZoom, ZOOM_IN } from './HeatZoom';
import type { Domain } from './axis';
import { useSize } from './useSize';
import './charts.css';

interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface HeatMapProps {
  /** What is drawn, for screen readers. */
  readonly label: string;
  readonly rows: readonly HeatLabel[];
  readonly columns: readonly HeatLabel[];
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly valueTitle: string;
  readonly data: HeatValues;
  readonly scale: HeatScale;
  readonly format: (value: number) => string;
  /** Columns are equal spans of steps from 0 to `steps.max`, marked at its ticks. */
  readonly steps?: Domain;
  /** Fixed margins, to stand in line with another chart. */
  readonly left?: number;
  readonly right?: number;
  readonly square?: boolean;
  /** Rows stand from the largest to the smallest: where not all can be named, the ends are, and how many lie between. */
  readonly others?: boolean;
  readonly selected?: Cell | null;
  readonly onSelect?: (cell: Cell) => void;
}

const KEY_WIDTH = 96;
const ZOOM_FROM = 40;
const FEW = 6;

/** A cell's value as it is said of it. */
function textOf(data: HeatValues, { row, column }: Cell, format: (value: number) => string): string {
  const index = row * data.columns + column;
  const value = data.values[index];
  if (data.defined?.[index] === NOT_YET) return 'not yet';
  return value === undefined || (data.defined !== null && data.defined[index] !== DEFINED)
    ? 'undefined'
    : format(value);
}

/**
 * A matrix in colour on a canvas, with its key. Arrow keys walk the cells, Enter chooses one; large matrices zoom with
 * the wheel or + and −, and move by dragging.
 */
export const HeatMap = memo(function HeatMap(props: HeatMapProps) {
  const { rows, columns, data, scale, format, selected, onSelect } = props;
  // Few scenarios: wide cells hold their numbers, and their columns' names.
  const square = (props.square ?? false) && rows.length > FEW;
  const stepColumns = props.steps !== undefined;
  const [ref, size, element] = useSize<HTMLDivElement>();
  const theme = useTheme((state) => state.theme);
  const highlighted = useHighlight((state) => state.scenario);
  const point = useHighlight((state) => state.point);
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [cursor, setCursor] = useState<Cell | null>(null);
  const [asked, setView] = useState<Window | null>(null);
  const [drag, setDrag] = useState<{ x: number; y: number; view: Window } | null>(null);

  const whole = useMemo<Window>(
    () => ({ row: 0, column: 0, rows: rows.length, columns: columns.length }),
    [rows.length, columns.length],
  );
  // A window from a matrix of another size is forgotten.
  const view =
    asked && asked.row + asked.rows <= rows.length && asked.column + asked.columns <= columns.length
      ? asked
      : whole;
  const zoomable = !stepColumns && (rows.length > ZOOM_FROM || columns.length > ZOOM_FROM);
  const longest = (labels: readonly HeatLabel[]) =>
    labels.reduce((max, { label }) => Math.max(max, Math.min(LONGEST_LABEL, label.length)), 1);
  const [longestRow, longestColumn] = useMemo(() => [longest(rows), longest(columns)], [rows, columns]);
  const longestColumnLine = useMemo(
    () =>
      columns.reduce(
        (max, { label }) => Math.max(max, ...onTwoLines(shortLabel(label)).map((line) => line.length)),
        1,
      ),
    [columns],
  );
  const { left, right } = props;
  const layout = useMemo(
    () =>
      layoutHeat({
        ...size,
        view,
        longestRow,
        longestColumn,
        longestColumnLine,
        stepColumns,
        square,
        left,
        right,
      }),
    [size, view, longestRow, longestColumn, longestColumnLine, stepColumns, square, left, right],
  );
  const { keyY } = layout;
  const [least, most] = endsOf(scale, format);
  const keyX = keyLeft(layout.left, least);

  useEffect(() => {
    if (!canvas || size.width < 40 || size.height < 40) return;
    const style = getComputedStyle(canvas);
    drawHeat(canvas, {
      size,
      layout,
      data,
      scale,
      theme,
      format,
      hatch: style.getPropertyValue('--rule-strong'),
      page: style.getPropertyValue('--paper'),
      font: style.fontFamily,
    });
    const context = canvas.getContext('2d');
    if (context) drawKey(context, scale, theme, { x: keyX, y: keyY + 5, width: KEY_WIDTH, height: 8 });
    // Only what is drawn: a pointer that moves over a large matrix must not paint it again.
  }, [canvas, size, layout, keyX, keyY, data, scale, theme, format]);

  // React listens to wheels passively, so the page would scroll while the matrix zooms.
  const wheel = useRef<(event: WheelEvent) => void>(null);
  useEffect(() => {
    if (!element || !zoomable) return;
    const turn = (event: WheelEvent) => wheel.current?.(event);
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [element, zoomable]);

  function go(cell: Cell | null): void {
    setCursor(cell);
    const scenario = cell ? (rows[cell.row]?.scenario ?? columns[cell.column]?.scenario ?? null) : null;
    point(scenario);
    if (cell && view !== whole) setView(reveal(view, cell.row, cell.column));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = cursor ?? { row: view.row, column: view.column };
    const moves: Record<string, Cell> = {
      ArrowLeft: { row: at.row, column: at.column - 1 },
      ArrowRight: { row: at.row, column: at.column + 1 },
      ArrowUp: { row: at.row - 1, column: at.column },
      ArrowDown: { row: at.row + 1, column: at.column },
      Home: { row: at.row, column: 0 },
      End: { row: at.row, column: columns.length - 1 },
    };
    const move = moves[event.key];
    if (move) {
      go({
        row: Math.min(rows.length - 1, Math.max(0, move.row)),
        column: Math.min(columns.length - 1, Math.max(0, move.column)),
      });
    } else if ((event.key === 'Enter' || event.key === ' ') && onSelect) onSelect(at);
    else if (zoomable && (event.key === '+' || event.key === '=')) zoomBy(ZOOM_IN);
    else if (zoomable && event.key === '-') zoomBy(1 / ZOOM_IN);
    else if (zoomable && event.key === '0') setView(null);
    else return;
    event.preventDefault();
  }

  const local = (event: { readonly clientX: number; readonly clientY: number }) => {
    const box = element?.getBoundingClientRect();
    return box ? cellAt(layout, event.clientX - box.left, event.clientY - box.top) : null;
  };

  useEffect(() => {
    wheel.current = (event) => {
      const cell = local(event);
      const next = cell && zoom(view, whole, event.deltaY < 0 ? 0.8 : 1.25, cell.row, cell.column);
      // At either end the wheel is the page's again.
      if (!next || (next.rows === view.rows && next.columns === view.columns)) return;
      event.preventDefault();
      setView(next);
    };
  });

  /** Zooms around the cell under the cursor, else around the middle. */
  function zoomBy(factor: number): void {
    const row = cursor?.row ?? Math.floor(view.row + view.rows / 2);
    const column = cursor?.column ?? Math.floor(view.column + view.columns / 2);
    setView(zoom(view, whole, factor, row, column));
  }

  function onPointerMove(event: PointerEvent): void {
    if (drag) {
      const moved = pan(
        drag.view,
        whole,
        Math.round((drag.y - event.clientY) / layout.cellHeight),
        Math.round((drag.x - event.clientX) / layout.cellWidth),
      );
      setView(moved);
      return;
    }
    const cell = local(event);
    if (cell?.row !== cursor?.row || cell?.column !== cursor?.column) go(cell);
  }

  const hatched = useMemo(() => data.defined?.includes(UNDEFINED) ?? false, [data]);
  const spoken = cursor
    ? `${rows[cursor.row]?.label ?? ''}, ${stepColumns ? `${props.columnTitle} ` : ''}${columns[cursor.column]?.label ?? ''}: ${textOf(data, cursor, format)}`
    : '';
  const rect = (cell: Cell) => ({
    x: layout.left + (cell.column - view.column) * layout.cellWidth,
    y: layout.top + (cell.row - view.row) * layout.cellHeight,
    width: Math.max(2, layout.cellWidth - 1),
    height: Math.max(2, layout.cellHeight - 1),
  });
  const inView = (cell: Cell) =>
    cell.row >= view.row &&
    cell.row < view.row + view.rows &&
    cell.column >= view.column &&
    cell.column < view.column + view.columns;

  const said = spoken || `${props.valueTitle}${hatched ? '; hatched: undefined' : ''}`;
  // Beside the key where there is room for it: the buttons of a large matrix stand there, and a narrow one ends there.
  const below =
    !stepColumns && (zoomable || keyX + KEY_WIDTH + 14 + widthOf(most) + widthOf(said) > size.width);

  return (
    <div
      className="heat"
      ref={ref}
      role="application"
      aria-roledescription="heat map"
      aria-label={`${props.label}. Arrow keys walk the cells${onSelect ? ', Enter chooses one' : ''}.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => go(null)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => !drag && go(null)}
      onPointerDown={(event) => {
        if (zoomable && view !== whole) {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ x: event.clientX, y: event.clientY, view });
        }
      }}
      onPointerUp={() => setDrag(null)}
      onClick={(event) => {
        const cell = local(event);
        if (cell && onSelect) onSelect(cell);
      }}
      onDoubleClick={() => setView(null)}
      style={{ cursor: onSelect ? 'pointer' : zoomable && view !== whole ? 'grab' : 'default' }}
    >
      <canvas ref={setCanvas} aria-hidden="true" />
      {size.width >= 40 && (
        <svg width={size.width} height={size.height} aria-hidden="true">
          <HeatLabels
            rows={rows}
            columns={columns}
            view={view}
            layout={layout}
            highlighted={highlighted}
            steps={props.steps}
            others={props.others ?? false}
          />
          {view.rows > 0 &&
            highlighted !== null &&
            rows.map((row, k) =>
              row.scenario === highlighted && inView({ row: k, column: view.column }) ? (
                <rect
                  key={k}
                  className="band"
                  {...rect({ row: k, column: view.column })}
                  width={layout.width - 1}
                />
              ) : null,
            )}
          {selected && inView(selected) && (
            <rect className="cursor-cell" {...rect(selected)} strokeDasharray="3 2" />
          )}
          {cursor && inView(cursor) && (
            <>
              <rect className="cursor-halo" {...rect(cursor)} />
              <rect className="cursor-cell" {...rect(cursor)} />
            </>
          )}
          <text x={keyX - 6} y={keyY + 12} textAnchor="end">
            {least}
          </text>
          <text x={keyX + KEY_WIDTH + 6} y={keyY + 12}>
            {most}
            {!below && (
              <tspan className="axis-title" dx={8}>
                {said}
              </tspan>
            )}
          </text>
          {below && (
            <text
              x={Math.max(0, Math.min(keyX, size.width - widthOf(said)))}
              y={keyY + 27}
              className="axis-title"
            >
              {said}
            </text>
          )}
        </svg>
      )}
      <span className="visually-hidden" role="status">
        {spoken}
      </span>
      {zoomable && <HeatZoom whole={view === whole} onZoom={zoomBy} onWhole={() => setView(null)} />}
    </div>
  );
});
