import { niceStep } from '../charts/axis';
import { shortName } from '../charts/endLabels';
import { formatSigned } from '../format';
import './beside.css';

export interface DifferenceBar {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  /** Null is undefined. */
  readonly value: number | null;
  /** Said in place of a value that is null, e.g. "too few". */
  readonly instead?: string;
  /** Lower and upper end of what chance allows, e.g. over the seeds of a stored study. */
  readonly interval?: readonly [number, number] | null;
  /** Of several scenarios, such as their mean: always drawn, and not counted among them. */
  readonly summary?: boolean;
}

interface Props {
  /** What the bars are, for screen readers. */
  readonly label: string;
  readonly bars: readonly DifferenceBar[];
  /** Half the width of the scale; left out: the largest bar or interval, rounded up. */
  readonly reach?: number;
  /** At most so many bars: those that differ most. */
  readonly most?: number;
}

/** Letters of a name that its column holds: cut off by the browser, names that end differently would read alike. */
const NAME_LETTERS = 12;

/** The bars that fit: all, or the largest of the single ones in their own order, with every summary. */
export function largest(bars: readonly DifferenceBar[], most: number): readonly DifferenceBar[] {
  const single = bars.filter(({ summary }) => !summary);
  if (single.length <= most) return bars;
  const size = ({ value }: DifferenceBar): number => (value === null ? -1 : Math.abs(value));
  const kept = new Set([...single].sort((a, b) => size(b) - size(a)).slice(0, most));
  return bars.filter((bar) => bar.summary === true || kept.has(bar));
}

/** A bar a scenario around zero: to the left it lost, to the right it gained. */
export function DifferenceBars({ label, bars, reach, most = 12 }: Props) {
  const drawn = largest(bars, most);
  const sizes = drawn.flatMap(({ value, interval }) => [value ?? 0, ...(interval ?? [])]).map(Math.abs);
  const scale = reach ?? niceStep(Math.max(0.001, ...sizes));
  const place = (value: number): number => 50 + 50 * Math.max(-1, Math.min(1, value / scale));
  return (
    <div className="difference-bars" role="img" aria-label={label}>
      {drawn.map(({ id, name, colour, value, instead, interval }) => (
        <div key={id} className="difference-row" data-scenario={id}>
          <span className="difference-name" title={name}>
            {shortName(name, NAME_LETTERS)}
          </span>
          <span className="difference-track">
            {value !== null && (
              <span
                className="difference-bar"
                style={{
                  left: `${Math.min(50, place(value))}%`,
                  width: `${Math.abs(place(value) - 50)}%`,
                  background: colour,
                }}
              />
            )}
            {interval && (
              <span
                className="difference-interval"
                style={{
                  left: `${place(interval[0])}%`,
                  width: `${place(interval[1]) - place(interval[0])}%`,
                }}
              />
            )}
            <span className="difference-zero" />
          </span>
          <span className="difference-value">
            {value === null ? (instead ?? formatSigned(null)) : formatSigned(value)}
          </span>
        </div>
      ))}
      {drawn.length < bars.length && (
        <p className="muted difference-more">
          The {most} of {bars.filter(({ summary }) => !summary).length} that differ most; all are in the
          numbers.
        </p>
      )}
    </div>
  );
}
