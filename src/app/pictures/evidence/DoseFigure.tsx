import { Figure } from '../../figure/Figure';
import type { FigureTable } from '../../figure/types';
import { fixedDigits, formatSigned, trimNumber } from '../../format';
import { niceDomain, tickFormat } from '../../charts/axis';
import { useSize } from '../../charts/useSize';
import { metricWords, partWords } from '../../../studies/reproduce/words';
import type { DoseCurve, DosePoint } from '../../../studies/reproduce/doses';
import { DoseGrid } from './DoseGrid';
import './evidence.css';

const HEIGHT = 190;
const MARGIN = { left: 52, right: 28, top: 18, bottom: 34 };

interface Props {
  readonly paper: string;
  readonly title: string;
  readonly curves: readonly DoseCurve[];
  /** What would fill the figure. */
  readonly empty?: string | undefined;
}

const table = (curves: readonly DoseCurve[]): FigureTable => ({
  columns: ['comparison', 'metric', 'knob', 'dose', 'gain', 'low', 'high', 'seeds', 'headroom'],
  rows: curves.flatMap(({ label, claim, knob, points }) =>
    points.map(({ dose, gain, low, high, pairs, headroom }) => [
      label,
      `${claim.test.metric}, ${claim.test.of}`,
      knob,
      dose,
      gain,
      low,
      high,
      pairs,
      headroom,
    ]),
  ),
});

/** What each module of a paper gains as its cause grows, with the room that the ceiling leaves behind it. */
export function DoseFigure({ paper, title, curves, empty }: Props) {
  return (
    <Figure
      name={`dose-${paper}`}
      title={`${title}: what a module gains as its cause grows`}
      reading="Mean difference over seeds with its 95 % interval, by dose of the cause (0: the cause is absent). Grey: what the ceiling leaves to gain, cut off where it is higher than the picture. Simulated data."
      equation={String.raw`\bar d=\frac1n\sum_i(m^{\mathrm{variant}}_i-m^{\mathrm{against}}_i)\pm t_{0.975,\,n-1}\,\frac{s_d}{\sqrt n}`}
      table={table(curves)}
      empty={curves.length === 0 ? <p>{empty}</p> : null}
    >
      {[true, false].map((own) => {
        const group = curves.filter(({ ownModule }) => ownModule === own);
        return group.length === 0 ? null : (
          <section key={String(own)} className="dose-group">
            <h4>{own ? 'Its own modules, switched' : 'Against other models'}</h4>
            <Panels curves={group} />
          </section>
        );
      })}
    </Figure>
  );
}

function Panels({ curves }: { readonly curves: readonly DoseCurve[] }) {
  return (
    <div className="dose-panels">
      {curves.map((curve) => (
        <div key={curve.id} className="dose-panel">
          <h5>{curve.label}</h5>
          <p>
            {metricWords(curve.claim.test.metric)},{' '}
            {partWords(curve.claim.test.of, curve.points[0]?.world.scenarios ?? [])}
          </p>
          <Curve curve={curve} />
        </div>
      ))}
    </div>
  );
}

/** Corners of a shape around points that have both edges. */
function band(points: readonly { x: number; top: number; bottom: number }[]): string {
  const above = points.map(({ x, top }) => `${x},${top}`);
  const below = [...points].reverse().map(({ x, bottom }) => `${x},${bottom}`);
  return [...above, ...below].join(' ');
}

function Curve({ curve: { points, knob, label } }: { readonly curve: DoseCurve }) {
  const [ref, { width }] = useSize<HTMLDivElement>();
  const ends = points.flatMap(({ gain, low, high }) => [gain, low, high]).filter((value) => value !== null);
  const y = niceDomain({ min: Math.min(0, ...ends), max: Math.max(0.002, ...ends) });
  const doses = points.map(({ dose }) => dose);
  const [first, last] = [Math.min(...doses), Math.max(...doses)];
  const inner = Math.max(1, width - MARGIN.left - MARGIN.right);
  const bottom = HEIGHT - MARGIN.bottom;
  const xOf = (dose: number) => MARGIN.left + (inner * (dose - first)) / (last - first || 1);
  const yOf = (value: number) =>
    bottom - ((bottom - MARGIN.top) * (Math.min(y.max, value) - y.min)) / (y.max - y.min);
  const tick = tickFormat(y.ticks);
  const room = points.flatMap(({ dose, headroom }) =>
    headroom === null ? [] : [{ x: xOf(dose), top: yOf(headroom), bottom: yOf(0) }],
  );
  const drawn = points.flatMap(({ dose, gain }) => (gain === null ? [] : [`${xOf(dose)},${yOf(gain)}`]));
  return (
    <div ref={ref}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label}: ${points.map((point) => said(point, knob)).join('; ')}`}
      >
        {room.length > 1 && <polygon className="dose-headroom" points={band(room)} />}
        <DoseGrid
          ticks={y.ticks}
          format={tick}
          from={MARGIN.left}
          to={MARGIN.left + inner}
          yOf={yOf}
          strong={0}
        />
        <polygon
          className="dose-band"
          points={band(
            points.flatMap(({ dose, low, high }) =>
              low === null || high === null ? [] : [{ x: xOf(dose), top: yOf(high), bottom: yOf(low) }],
            ),
          )}
        />
        <polyline className="dose-line" points={drawn.join(' ')} />
        {points.map(({ dose, gain, low, high, headroom }) => (
          <g key={dose}>
            {low !== null && high !== null && (
              <line className="dose-interval" x1={xOf(dose)} x2={xOf(dose)} y1={yOf(low)} y2={yOf(high)} />
            )}
            {gain !== null && <circle className="dose-point" cx={xOf(dose)} cy={yOf(gain)} r={3} />}
            {headroom !== null && headroom > y.max && (
              <text x={xOf(dose)} y={12} textAnchor="middle">
                ↑ {fixedDigits(headroom, 3)}
              </text>
            )}
            <text x={xOf(dose)} y={bottom + 15} textAnchor="middle">
              {trimNumber(dose)}
            </text>
          </g>
        ))}
        <text x={MARGIN.left + inner / 2} y={HEIGHT - 4} textAnchor="middle">
          {knob}
        </text>
      </svg>
    </div>
  );
}

function said({ dose, gain, low, high }: DosePoint, knob: string): string {
  const interval = low === null || high === null ? '' : ` [${formatSigned(low)}, ${formatSigned(high)}]`;
  return `${knob} ${trimNumber(dose)}: ${formatSigned(gain)}${interval}`;
}
