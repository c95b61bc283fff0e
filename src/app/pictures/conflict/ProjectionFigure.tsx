import { memo, useMemo } from 'react';
import type { ProbeSpec } from '../../../models/definition';
import { niceDomain } from '../../charts/axis';
import { useSize } from '../../charts/useSize';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { formatPercent } from '../../format';
import type { ProbeFrame } from '../../../training/reduceRun';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useHighlight } from '../../store/highlight';
import { useTheme } from '../../store/theme';
import { atFirstEvaluation } from '../awaited';
import { projectionHeadline } from '../headlines/matrixWords';
import { picture, probeNamed } from '../picture';
import { principalComponents } from '../vectors';
import './projection.css';

interface Props {
  readonly view: RunView;
  /** A probe of axes scenario × unit. */
  readonly spec: ProbeSpec;
}

/** Scenarios' mean representations as points: the first two principal components. */
function ProjectionFigure({ view, spec }: Props) {
  return (
    <Projection
      spec={spec}
      scenarios={view.scenarios}
      frame={framesOf(view, spec.name).at(-1)}
      awaited={atFirstEvaluation(view)}
    />
  );
}

interface ProjectionProps {
  readonly spec: ProbeSpec;
  readonly scenarios: RunView['scenarios'];
  readonly frame: ProbeFrame | undefined;
  /** When there will be one. */
  readonly awaited: string;
}

/** Drawn again with a new frame, not at every tick. */
const Projection = memo(function Projection({ spec, scenarios, frame, awaited }: ProjectionProps) {
  const [ref, size] = useSize<HTMLDivElement>();
  const theme = useTheme((state) => state.theme);
  const highlighted = useHighlight((state) => state.scenario);
  const point = useHighlight((state) => state.point);
  const colours = useMemo(() => scenarioColours(scenarios, theme), [scenarios, theme]);
  const projected = useMemo(() => {
    if (!frame) return null;
    const [n, dim] = [frame.value.shape[0] ?? 0, frame.value.shape[1] ?? 0];
    return { n, ...principalComponents(frame.value.values, n, dim) };
  }, [frame]);
  const xs = projected ? Array.from({ length: projected.n }, (_, k) => projected.points[k * 2]!) : [];
  const ys = projected ? Array.from({ length: projected.n }, (_, k) => projected.points[k * 2 + 1]!) : [];
  const domain = (values: readonly number[]) =>
    niceDomain(values.length > 0 ? { min: Math.min(...values), max: Math.max(...values) } : null);
  const [dx, dy] = [domain(xs), domain(ys)];
  const margin = 26;
  const place = (value: number, { min, max }: { min: number; max: number }, from: number, to: number) =>
    from + ((value - min) / (max - min || 1)) * (to - from);
  return (
    <Figure
      name="representation-projection"
      title={`${spec.title}: two principal components`}
      headline={
        projected &&
        projectionHeadline(
          projected.points,
          projected.share,
          scenarios.slice(0, projected.n).map(({ name }) => ({ label: name })),
        )
      }
      reading="Scenarios that the model represents alike stand close together."
      equation={String.raw`X_c = U\Sigma V^\top,\quad \text{points} = U_{:,1:2}\,\Sigma_{1:2}`}
      table={{
        columns: ['scenario', 'component 1', 'component 2'],
        rows: scenarios.slice(0, xs.length).map((scenario, s) => [scenario.name, xs[s]!, ys[s]!]),
      }}
      empty={!projected && <p>{awaited}</p>}
    >
      <div className="projection" ref={ref}>
        {projected && size.width > 0 && (
          <svg
            width={size.width}
            height={size.height}
            role="img"
            aria-label="Scenarios by two principal components"
          >
            <line
              className="projection-axis"
              x1={margin}
              x2={size.width - margin}
              y1={size.height / 2}
              y2={size.height / 2}
            />
            <line
              className="projection-axis"
              x1={size.width / 2}
              x2={size.width / 2}
              y1={margin}
              y2={size.height - margin}
            />
            {scenarios.slice(0, projected.n).map((scenario, s) => {
              const x = place(xs[s]!, dx, margin, size.width - margin);
              // A name stands on the side that has room.
              const left = x > size.width / 2;
              const y = place(ys[s]!, dy, size.height - margin, margin);
              const faded = highlighted !== null && highlighted !== scenario.id;
              return (
                <g
                  key={scenario.id}
                  opacity={faded ? 0.3 : 1}
                  onPointerEnter={() => point(scenario.id)}
                  onPointerLeave={() => point(null)}
                >
                  <circle cx={x} cy={y} r={5} fill={colours[s]} />
                  {(projected.n <= 30 || highlighted === scenario.id) && (
                    <text
                      x={left ? x - 8 : x + 8}
                      y={y}
                      textAnchor={left ? 'end' : 'start'}
                      dominantBaseline="central"
                    >
                      {scenario.name}
                    </text>
                  )}
                </g>
              );
            })}
            <text className="projection-share" x={margin} y={size.height - 6}>
              {formatPercent(projected.share[0])} and {formatPercent(projected.share[1])} of the variance
            </text>
          </svg>
        )}
      </div>
    </Figure>
  );
});

export const projection = picture({
  id: 'projection',
  tab: 'conflict',
  replaces: ['scenarioGradient'],
  accepts: probeNamed('scenarioGradient'),
  Component: ProjectionFigure,
});
