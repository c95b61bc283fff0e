import { Figure } from '../../figure/Figure';
import { fixedDigits, trimNumber } from '../../format';
import { niceDomain, tickFormat } from '../../charts/axis';
import { useSize } from '../../charts/useSize';
import type { Mechanism, MechanismPoint, MechanismSeries } from '../../../studies/reproduce/mechanisms';
import { DoseGrid } from './DoseGrid';
import './evidence.css';

const HEIGHT = 170;
const MARGIN = { left: 52, right: 20, top: 12, bottom: 34 };

interface Props {
  readonly paper: string;
  readonly mechanism: Mechanism;
}

/** A figure of a paper's mechanism: a panel a series, all on one axis, so that they can be compared side by side. */
export function MechanismFigure({ paper, mechanism }: Props) {
  const { id, title, reading, axis, reference, series } = mechanism;
  const ends = series.flatMap(({ points }) =>
    points.flatMap(({ value, low, high }) => [value, low, high].filter((end) => end !== null)),
  );
  const held = reference ? [...ends, reference.value] : ends;
  const domain = niceDomain(ends.length === 0 ? null : { min: Math.min(...held), max: Math.max(...held) });
  return (
    <Figure
      name={`mechanism-${paper}-${id}`}
      title={title}
      reading={`${reading} Mean over seeds with its 95 % interval. Simulated data.`}
      table={{
        columns: ['series', axis, 'value', 'low', 'high', 'seeds'],
        rows: series.flatMap(({ label, points }) =>
          points.map(({ x, value, low, high, seeds }) => [label, x, value, low, high, seeds]),
        ),
      }}
      empty={
        ends.length === 0 ? (
          <p data-testid="not-run">
            Not run: no stored study has these figures yet. Make them with npm run study -- --plan doses
            --paper {paper}.
          </p>
        ) : null
      }
    >
      <div className="dose-panels">
        {series.map((one) => (
          <div key={one.label} className="dose-panel" data-run={one.points.length > 0}>
            <h5>{one.label}</h5>
            {one.points.length === 0 ? (
              <p>not run</p>
            ) : (
              <Panel series={one} axis={axis} reference={reference} domain={domain} />
            )}
          </div>
        ))}
      </div>
    </Figure>
  );
}

function said({ x, value, low, high }: MechanismPoint): string {
  const interval =
    low === null || high === null ? ', one seed' : ` [${fixedDigits(low, 4)}, ${fixedDigits(high, 4)}]`;
  return `${trimNumber(x)}: ${fixedDigits(value, 4)}${interval}`;
}

function Panel({
  series: { label, points },
  axis,
  reference,
  domain,
}: {
  readonly series: MechanismSeries;
  readonly axis: string;
  readonly reference: Mechanism['reference'];
  readonly domain: ReturnType<typeof niceDomain>;
}) {
  const [ref, { width }] = useSize<HTMLDivElement>();
  const xs = points.map(({ x }) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const inner = Math.max(1, width - MARGIN.left - MARGIN.right);
  const bottom = HEIGHT - MARGIN.bottom;
  const xOf = (x: number) => MARGIN.left + (inner * (x - first)) / (last - first || 1);
  const yOf = (value: number) =>
    bottom - ((bottom - MARGIN.top) * (value - domain.min)) / (domain.max - domain.min || 1);
  const tick = tickFormat(domain.ticks);
  return (
    <div ref={ref}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label} by ${axis}: ${points.map(said).join('; ')}`}
      >
        <DoseGrid ticks={domain.ticks} format={tick} from={MARGIN.left} to={MARGIN.left + inner} yOf={yOf} />
        {reference && (
          <line
            className="dose-zero"
            x1={MARGIN.left}
            x2={MARGIN.left + inner}
            y1={yOf(reference.value)}
            y2={yOf(reference.value)}
          >
            <title>{reference.label}</title>
          </line>
        )}
        <polyline
          className="dose-line"
          points={points.map(({ x, value }) => `${xOf(x)},${yOf(value)}`).join(' ')}
        />
        {points.map((point) => (
          <g key={point.x}>
            <title>{said(point)}</title>
            {point.low !== null && point.high !== null && (
              <line
                className="dose-interval"
                x1={xOf(point.x)}
                x2={xOf(point.x)}
                y1={yOf(point.low)}
                y2={yOf(point.high)}
              />
            )}
            <circle className="dose-point" cx={xOf(point.x)} cy={yOf(point.value)} r={3} />
            <text x={xOf(point.x)} y={bottom + 15} textAnchor="middle">
              {trimNumber(point.x)}
            </text>
          </g>
        ))}
        <text x={MARGIN.left + inner / 2} y={HEIGHT - 4} textAnchor="middle">
          {axis}
        </text>
      </svg>
    </div>
  );
}
