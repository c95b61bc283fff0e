import { useEffect, useMemo, useState } from 'react';
import { aucDomain, niceDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatAuc, formatNumber, formatSigned } from '../../format';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { useTheme } from '../../store/theme';
import { drawnAucKind } from '../curves/curves';
import { AskButton } from '../AskButton';
import { picture, probeNamed } from '../picture';
import { useScoredRows } from '../useScoredRows';
import { saveScored } from './scoredCsv';
import { aucAt, bestPoint, sweepGrid, sweepRows } from './sweep';
import type { SweepPoint, SweepRows } from './sweep';
import { sweepChart } from './sweepChart';
import './counterfactual.css';

const EQUATION = String.raw`\hat y_{db}=\hat y_m\,\sigma(\hat y_s)-c\,\sigma(\hat y_s)\quad\text{(Eq 12)}`;

/** Points of one set of rows; those of other rows are forgotten. */
interface Curve {
  readonly rows: SweepRows;
  readonly kind: 'noiseFree' | 'drawn';
  readonly points: readonly SweepPoint[];
}

const NONE: readonly SweepPoint[] = [];

/** M-scan's c: the run is scored once, then every c re-ranks the same rows at once (the paper's Figure 5). */
function CSweepFigure({ view }: { readonly view: RunView }) {
  const theme = useTheme((state) => state.theme);
  const wanted = useSetup((state) => state.curve);
  const kind = drawnAucKind(view, wanted);
  const scored = useScoredRows(view);
  const rows = useMemo(
    () => (scored.value ? sweepRows(scored.value, view.scenarios.length) : null),
    [scored.value, view.scenarios.length],
  );
  const [curve, setCurve] = useState<Curve | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);

  // One point a task: the page never waits for the whole curve.
  useEffect(() => {
    if (!rows) return;
    const grid = sweepGrid(rows);
    let made: SweepPoint[] = [];
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const c = grid[made.length];
      if (c === undefined) return;
      made = [...made, aucAt(rows, c, kind)];
      setCurve({ rows, kind, points: made });
      timer = setTimeout(next);
    };
    timer = setTimeout(next);
    return () => clearTimeout(timer);
  }, [rows, kind]);

  const points = curve && curve.rows === rows && curve.kind === kind ? curve.points : NONE;
  const grid = useMemo(() => (rows ? sweepGrid(rows) : [0]), [rows]);
  const [low, high] = [grid[0] ?? 0, grid.at(-1) ?? 0];
  const best = bestPoint(points, (point) => point.c);
  const c = Math.min(high, Math.max(low, chosen ?? best?.c ?? 0));
  const here = useMemo(() => (rows ? aucAt(rows, c, kind) : null), [rows, c, kind]);

  // The whole width for the values that there are, ticks at round ones among them.
  const across = {
    min: low,
    max: Math.max(high, low + 1e-6),
    ticks: niceDomain({ min: low, max: high }).ticks.filter((tick) => tick >= low && tick <= high),
  };
  const {
    lines,
    points: data,
    range,
  } = sweepChart(
    view.scenarios,
    theme,
    points.map((point) => ({ ...point, x: point.c })),
    'best c',
  );
  const table = here ? [...points.filter((point) => point.c !== c), here].sort((p, q) => p.c - q.c) : points;

  return (
    <Figure
      name="c-sweep"
      className="probe"
      title="AUC of the test rows by c"
      headline={headlineOf(points, best)}
      reading="Moving c re-ranks the rows that were scored once: what a prominent place adds to a score is taken away. Inside a scenario only varying scenario features let c act. The dot marks the best c."
      equation={EQUATION}
      table={{
        columns: ['c', 'overall', ...view.scenarios.map(({ name }) => name)],
        rows: table.map((point) => [
          point.c,
          point.overall,
          ...point.scenarios.map((auc, s) => (auc === null && rows?.few[s] ? 'too few' : auc)),
        ]),
      }}
      empty={
        !rows && (
          <div className="ask">
            <p>
              {scored.value
                ? 'This run has no bias eliminator, so its scores carry no c.'
                : 'Scores the test rows once with the run’s weights; then every c is tried at once.'}
            </p>
            {!scored.value && (
              <AskButton of={scored} busy="Scoring" testId="score-rows">
                Score the test rows
              </AskButton>
            )}
          </div>
        )
      }
    >
      {rows && here && (
        <div className="probe-split">
          <div className="c-controls">
            <label>
              c{' '}
              <input
                type="range"
                data-testid="c-slider"
                aria-label="Counterfactual reference c"
                min={low}
                max={high}
                step={(high - low) / 200 || 1}
                value={c}
                onChange={(event) => setChosen(Number(event.target.value))}
              />
            </label>
            <output data-testid="c-value">{formatNumber(c)}</output>
            <span data-testid="c-auc">
              overall <b>{formatAuc(here.overall)}</b>
            </span>
            {best && (
              <button type="button" className="link" data-testid="c-best" onClick={() => setChosen(best.c)}>
                best: c = {formatNumber(best.c)}, {formatAuc(best.overall)}
              </button>
            )}
            <AskButton of={scored} busy="Scoring" small>
              Score again
            </AskButton>
            <button
              type="button"
              className="link"
              data-testid="export-rows"
              onClick={() => scored.value && saveScored(scored.value)}
            >
              rows as CSV
            </button>
          </div>
          <div className="probe-heat">
            <LineFrame
              label="AUC by c"
              lines={lines}
              points={data}
              x={across}
              y={aucDomain(range, view.ceilings?.scenarios ?? [])}
              formatY={formatAuc}
              tickY={(value) => fixedDigits(value, 2)}
              formatX={(value) => formatNumber(value)}
              xLabel="c"
              mark={{ x: c, label: '' }}
            />
          </div>
        </div>
      )}
    </Figure>
  );
}

/** What the sweep comes to: the best c against none, on the same rows. */
function headlineOf(points: readonly SweepPoint[], best: SweepPoint | null): string | null {
  const none = points.reduce<SweepPoint | null>(
    (nearest, point) => (nearest && Math.abs(nearest.c) <= Math.abs(point.c) ? nearest : point),
    null,
  );
  if (!best || !none || best.overall === null || none.overall === null) return null;
  return best.c === none.c
    ? `No c ranks better than c = ${formatNumber(none.c)}: ${formatAuc(none.overall)}.`
    : `c = ${formatNumber(best.c)} ranks best: ${formatAuc(best.overall)}, ${formatSigned(best.overall - none.overall)} against c = ${formatNumber(none.c)}. Test rows chose it, so the gain is optimistic.`;
}

/** The probe of a scenario's direct effect comes with the eliminator, whose c can be swept. */
export const cSweep = picture({
  id: 'c-sweep',
  tab: 'counterfactual',
  accepts: probeNamed('scenarioEffect'),
  Component: CSweepFigure,
});
