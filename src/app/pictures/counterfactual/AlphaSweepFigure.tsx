import { useEffect, useState } from 'react';
import { findModel } from '../../../models/registry';
import { aucCell, aucOfKind } from '../../../training/metrics/aucKind';
import { isUnderWay } from '../../../workers/protocol';
import { aucDomain, niceDomain } from '../../charts/axis';
import { HeatMap } from '../../charts/HeatMap';
import { LineFrame } from '../../charts/LineFrame';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatAuc, formatDuration, formatNumber } from '../../format';
import { useRunActions, useCurrentRun } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { attempt, report } from '../../store/notices';
import { dropItems, enqueue, useQueue } from '../../store/queue';
import { queueSecondsLeft } from '../../store/queueEdits';
import { openRun, useRuns } from '../../store/runs';
import { useTheme } from '../../store/theme';
import { drawnAucKind } from '../curves/curves';
import { gridHeadline, sweepHeadline } from '../headlines/matrixWords';
import { picture, probeNamed } from '../picture';
import { alphaRuns, inSweep, parseAlphas, sweepOf } from './alphaSweep';
import { aucAt, bestPoint, sweepGrid, sweepRows } from './sweep';
import type { SweepPoint } from './sweep';
import { sweepChart } from './sweepChart';
import { rememberSweep, useSweepWork } from './sweepMemory';
import type { Grid } from './sweepMemory';
import './counterfactual.css';

interface BestCell {
  readonly row: number;
  readonly column: number;
  readonly alpha: number;
  readonly c: number;
  readonly auc: number;
}

/** Where the grid is highest; null where every cell is undefined. */
function bestOfGrid({ alphas, cs, values }: Grid): BestCell | null {
  let best: BestCell | null = null;
  alphas.forEach((alpha, row) =>
    cs.forEach((c, column) => {
      const auc = values[row * cs.length + column] ?? Number.NaN;
      if (auc > (best?.auc ?? -Infinity)) best = { row, column, alpha, c, auc };
    }),
  );
  return best;
}

/** α needs retraining: a queue of runs, their final AUCs (the paper's Figure 6), and the grid c × α over their kept weights. */
function AlphaSweepFigure({ view }: { readonly view: RunView }) {
  const actions = useRunActions();
  const current = useCurrentRun();
  const theme = useTheme((state) => state.theme);
  const kind = drawnAucKind(
    view,
    useSetup((state) => state.curve),
  );
  const queue = useQueue();
  const list = useRuns((state) => state.list);
  const views = useRuns((state) => state.views);
  const { text, grid: scored } = useSweepWork(view.setup);
  const [scoring, setScoring] = useState<string | null>(null);
  const runs = sweepOf(view.setup, list ?? []);
  const alphas = parseAlphas(text);
  // Of what else waits in the queue, an ablation say, this sweep neither tells nor cancels.
  const queued = queue.items.filter((item) => inSweep(view.setup, item.setup));
  const open = queued.filter((item) => item.state === 'waiting' || item.state === 'running');
  const secondsLeft = queueSecondsLeft({ ...queue, items: queued });
  const ids = runs.map(({ id }) => id).join(' ');
  const subject = `${kind} ${ids}`;
  const grid = scored?.of === subject ? scored : null;

  useEffect(() => {
    for (const id of ids.split(' ').filter(Boolean)) void openRun(actions.client.runs, id).catch(report);
  }, [ids, actions]);

  const known = runs.flatMap(({ alpha, id }) => {
    const final = views.get(id)?.final;
    if (!final) return [];
    return [
      {
        alpha,
        overall: aucOfKind(kind, final.overall),
        scenarios: final.scenarios.map((one) => aucOfKind(kind, one)),
        cells: final.scenarios.map((one) => aucCell(kind, one)),
      },
    ];
  });
  const swept = known.map((point) => ({ ...point, x: point.alpha }));
  const { lines, points, range } = sweepChart(view.scenarios, theme, swept, 'best α');
  const best = bestPoint(known, ({ alpha }) => alpha);
  const bestCell = grid && bestOfGrid(grid);
  const busy = isUnderWay(current.state);

  /** Scores every run of the sweep with its kept weights, at the c's of the first run's grid. */
  async function score(): Promise<void> {
    let cs: readonly number[] | null = null;
    const rows: SweepPoint[][] = [];
    const done: number[] = [];
    for (const run of runs) {
      setScoring(`${done.length + 1} of ${runs.length}`);
      if (!run.hasWeights) continue;
      const rowsOfRun = await actions.compute(run, (client) => client.predict('test'));
      const ranked = sweepRows(rowsOfRun, view.scenarios.length);
      if (!ranked) continue;
      cs ??= sweepGrid(ranked);
      rows.push(cs.map((c) => aucAt(ranked, c, kind)));
      done.push(run.alpha);
    }
    if (!cs) throw new Error('No run of this sweep kept its weights; train it again.');
    rememberSweep(view.setup, {
      grid: {
        of: subject,
        alphas: done,
        cs,
        values: Float32Array.from(rows.flatMap((row) => row.map((point) => point.overall ?? NaN))),
      },
    });
  }

  return (
    <>
      <Figure
        name="alpha-sweep"
        className="probe"
        title="AUC of the test rows by α, retrained"
        headline={sweepHeadline(known)}
        reading="Every point is a run of its own: the same set-up and seed with another weight of the scenario loss; the dot marks the best α."
        equation={String.raw`\mathcal L=\mathcal L_{uis}+\alpha\,\mathcal L_s\quad\text{(Eq 11)}`}
        table={{
          columns: ['alpha', 'overall', ...view.scenarios.map(({ name }) => name)],
          rows: known.map((point) => [point.alpha, point.overall, ...point.cells]),
        }}
      >
        <div className="probe-split">
          <div className="c-controls">
            <label>
              α{' '}
              <input
                type="text"
                value={text}
                aria-label="Values of α"
                aria-invalid={alphas === null}
                data-testid="alpha-values"
                onChange={(event) => rememberSweep(view.setup, { text: event.target.value })}
              />
            </label>
            <button
              type="button"
              className="button"
              data-testid="alpha-sweep"
              disabled={alphas === null}
              title={alphas === null ? 'Give values of α between 0 and 5, separated by commas.' : undefined}
              onClick={() =>
                alphas &&
                attempt(() =>
                  enqueue(
                    alphaRuns(
                      view.setup,
                      findModel(view.setup.model).title,
                      alphas.filter(
                        (alpha) =>
                          !runs.some((run) => run.alpha === alpha) &&
                          !open.some((item) => item.setup.settings['alpha'] === alpha),
                      ),
                    ),
                    `sweep over α, ${new Date().toISOString().slice(0, 19)}`,
                  ),
                )
              }
            >
              Train the sweep
            </button>
            {open.length > 0 && (
              <span data-testid="alpha-progress">
                {open.length} left{secondsLeft === null ? '' : `, ${formatDuration(secondsLeft)}`}{' '}
                <button type="button" className="link" onClick={() => dropItems(open.map(({ id }) => id))}>
                  cancel
                </button>
              </span>
            )}
            {known.length === 1 && (
              <span className="muted" data-testid="alpha-one">
                One α so far, {formatNumber(known[0]?.alpha)}: train the sweep to see a curve.
              </span>
            )}
            {best && known.length > 1 && (
              <span data-testid="alpha-best">
                best: α = {formatNumber(best.alpha)}, {formatAuc(best.overall)}
              </span>
            )}
          </div>
          <div className="probe-heat">
            {points.length === 0 ? (
              <p className="muted">
                Filled as the runs of the sweep finish; kept runs of this set-up count too.
              </p>
            ) : (
              <LineFrame
                label="AUC by α"
                lines={lines}
                points={points}
                x={niceDomain({ min: 0, max: Math.max(0.1, ...known.map(({ alpha }) => alpha)) })}
                y={aucDomain(range, view.ceilings?.scenarios ?? [])}
                formatY={formatAuc}
                tickY={(value) => fixedDigits(value, 2)}
                formatX={(value) => formatNumber(value)}
                xLabel="α"
              />
            )}
          </div>
        </div>
      </Figure>
      <Figure
        name="c-alpha"
        className="probe"
        title="Overall AUC by c and α"
        headline={grid && gridHeadline(grid)}
        reading="A row is a retrained run, a column re-scores it with another c; the best cell pairs both."
        equation={String.raw`\hat y_{db}=\sigma(\hat y_s)(\hat y_m-c),\quad \mathcal L=\mathcal L_{uis}+\alpha\mathcal L_s`}
        table={{
          columns: ['alpha', ...(grid?.cs ?? []).map((c) => `c = ${formatNumber(c)}`)],
          rows: grid
            ? grid.alphas.map((alpha, r) => [
                alpha,
                ...grid.cs.map((_, c) => grid.values[r * grid.cs.length + c]!),
              ])
            : [],
        }}
        empty={
          !grid && (
            <div className="ask">
              <p>Scores every run of the sweep with its kept weights at 21 values of c.</p>
              <button
                type="button"
                className="button"
                data-testid="score-grid"
                disabled={runs.length === 0 || busy || scoring !== null}
                title={
                  runs.length === 0
                    ? 'Train the sweep first.'
                    : busy
                      ? 'Wait until the present run has ended.'
                      : undefined
                }
                onClick={() =>
                  void score()
                    .catch(report)
                    .finally(() => setScoring(null))
                }
              >
                {scoring === null ? 'Score the grid' : `Scoring ${scoring}`}
              </button>
            </div>
          )
        }
      >
        {grid && (
          <div className="probe-split">
            {bestCell && (
              <p className="c-controls" data-testid="grid-best">
                best: c = {formatNumber(bestCell.c)} with α = {formatNumber(bestCell.alpha)},{' '}
                {formatAuc(bestCell.auc)}
              </p>
            )}
            <div className="probe-heat">
              <HeatMap
                label="Overall AUC by c and α"
                rows={grid.alphas.map((alpha) => ({ label: `α = ${alpha}` }))}
                columns={grid.cs.map((c) => ({ label: formatNumber(c) }))}
                rowTitle="α"
                columnTitle="c"
                valueTitle="AUC"
                data={{
                  rows: grid.alphas.length,
                  columns: grid.cs.length,
                  values: grid.values,
                  defined: Uint8Array.from(grid.values, (value) => (Number.isNaN(value) ? 0 : 1)),
                }}
                scale={{
                  kind: 'sequential',
                  min: Math.min(...grid.values.filter((v) => !Number.isNaN(v))),
                  max: Math.max(...grid.values.filter((v) => !Number.isNaN(v))),
                }}
                format={formatAuc}
                selected={bestCell}
              />
            </div>
          </div>
        )}
      </Figure>
    </>
  );
}

export const alphaSweep = picture({
  id: 'alpha-sweep',
  tab: 'counterfactual',
  accepts: probeNamed('scenarioEffect'),
  Component: AlphaSweepFigure,
});
