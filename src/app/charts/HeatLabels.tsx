import { memo } from 'react';
import { formatCount } from '../format';
import type { Domain } from './axis';
import { fittedName } from './endLabels';
import { labelEvery, onTwoLines, tickEvery } from './heatLayout';
import type { HeatLayout, Window } from './heatLayout';
import { textWidth } from './textWidth';

/** Pixels of a letter's height. */
const SIZE = 11;
/** Letters of a name that stand beside a matrix. */
export const LONGEST_LABEL = 22;

export interface HeatLabel {
  readonly label: string;
  /** Scenario id, for highlighting everywhere. */
  readonly scenario?: string;
  readonly colour?: string;
}

/** A name as it stands beside a matrix; a longer one ends in an ellipsis. */
export function shortLabel(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

interface Props {
  readonly rows: readonly HeatLabel[];
  readonly columns: readonly HeatLabel[];
  readonly view: Window;
  readonly layout: HeatLayout;
  readonly highlighted: string | null;
  readonly steps?: Domain;
  /** Name the ends and how many lie between, not every few, where not all rows can be named. */
  readonly others: boolean;
}

interface NameProps {
  readonly label: string;
  /** Pixels. */
  readonly room: number;
  readonly bold: boolean;
}

/** A row's name as far as it has room; the whole of it where it is pointed at. */
const RowName = memo(function RowName({ label, room, bold }: NameProps) {
  const short = fittedName(label, room, LONGEST_LABEL, (text) => textWidth(text, SIZE, bold ? 700 : 400));
  return (
    <>
      {short}
      {short !== label && <title>{label}</title>}
    </>
  );
});

/** Names of the rows and columns in view, as many as have room, or numbers of steps below. */
export function HeatLabels({ rows, columns, view, layout, highlighted, steps, others }: Props) {
  const rowEvery = labelEvery(layout.cellHeight, 11);
  const room = layout.left - 8;
  const ends = others && rowEvery > 1;
  const named = (k: number): boolean => (ends ? k === 0 || k === view.rows - 1 : k % rowEvery === 0);
  const between = `${view.rows - 2} others`;
  const columnEvery = labelEvery(layout.cellWidth, layout.slanted ? 16 : 1);
  // Steps are marked at every tick, or at fewer where they would touch.
  const ticks = steps?.ticks ?? [];
  const every = tickEvery(ticks.map(formatCount), layout.width);
  const below = layout.top + layout.height + 13;
  const onTop = ({ scenario }: HeatLabel): boolean => scenario !== undefined && scenario === highlighted;
  return (
    <>
      {rows.slice(view.row, view.row + view.rows).map((row, k) =>
        named(k) || (row.scenario !== undefined && row.scenario === highlighted) ? (
          <text
            key={k}
            x={layout.left - 6}
            y={layout.top + (k + 0.5) * layout.cellHeight}
            textAnchor="end"
            dominantBaseline="central"
            className={onTop(row) ? 'label-on-top' : undefined}
            // Where only every few rows are named, the few would seem to be all of one group.
            style={{
              fill: rowEvery === 1 || onTop(row) ? row.colour : undefined,
              fontWeight: onTop(row) ? 700 : 400,
            }}
          >
            <RowName label={row.label} room={room} bold={onTop(row)} />
          </text>
        ) : null,
      )}
      {ends && view.rows > 2 && (
        <text
          x={layout.left - 6}
          y={layout.top + (view.rows / 2) * layout.cellHeight}
          textAnchor="end"
          dominantBaseline="central"
          className="axis-title"
        >
          {textWidth(between, SIZE) > room ? `+${view.rows - 2}` : between}
        </text>
      )}
      {steps &&
        ticks
          .filter((_, k) => k % every === 0)
          .map((tick) => (
            <text
              key={tick}
              x={layout.left + (tick / steps.max) * layout.width}
              y={below}
              textAnchor={tick === 0 ? 'start' : 'middle'}
            >
              {formatCount(tick)}
            </text>
          ))}
      {layout.columnLabels &&
        columns.slice(view.column, view.column + view.columns).map((column, k) => {
          if (k % columnEvery !== 0) return null;
          const x = layout.left + (k + 0.5) * layout.cellWidth;
          const short = shortLabel(column.label);
          return (
            <text
              key={k}
              x={x}
              y={below}
              textAnchor={layout.slanted ? 'end' : 'middle'}
              transform={layout.slanted ? `rotate(-40 ${x} ${below - 4})` : undefined}
              style={{ fill: columnEvery === 1 ? column.colour : undefined }}
            >
              {layout.twoLines
                ? onTwoLines(short).map((line, l) => (
                    <tspan key={l} x={x} dy={l === 0 ? 0 : 12}>
                      {line}
                    </tspan>
                  ))
                : short}
            </text>
          );
        })}
    </>
  );
}
