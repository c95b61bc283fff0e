interface Props {
  readonly ticks: readonly number[];
  /** A value as the axis says it. */
  readonly format: (value: number) => string;
  /** Pixels at which lines begin and end. */
  readonly from: number;
  readonly to: number;
  /** Height of a value in pixels. */
  readonly yOf: (value: number) => number;
  /** A level that is drawn stronger than the others. */
  readonly strong?: number;
}

/** Level lines of a picture over doses, with their values at the left. */
export function DoseGrid({ ticks, format, from, to, yOf, strong }: Props) {
  return ticks.map((value) => (
    <g key={value}>
      <line
        className={value === strong ? 'dose-zero' : 'dose-grid'}
        x1={from}
        x2={to}
        y1={yOf(value)}
        y2={yOf(value)}
      />
      <text x={from - 6} y={yOf(value) + 4} textAnchor="end">
        {format(value)}
      </text>
    </g>
  ));
}
