import { useMemo, useState } from 'react';
import type { CSSProperties } from 'react';
import { scenarioColours } from '../../colour/scenario';
import { formatAuc, formatCount, formatLoss, formatRatio } from '../../format';
import type { RunView } from '../../store/runView';
import { summaryColumns } from '../../../studies/columns';
import { useThrottledValue } from '../../hooks/useThrottledValue';
import { useChunkedList } from '../../hooks/useChunkedList';
import { simulationOfId } from '../../../training/simulatedId';
import { useCatalogue } from '../../store/catalogue';
import { useHighlight } from '../../store/highlight';
import { useSetup } from '../../store/setup';
import { useRuns } from '../../store/runs';
import { useKeptRun } from '../../store/shownRun';
import { useTheme } from '../../store/theme';
import { drawnAucKind } from '../../pictures/curves/curves';
import { ScenarioRows } from './ScenarioTableRows';
import { currentMetrics, scenarioRows } from '../../runs/scenarioRows';

/** Beyond this many scenarios the table follows once a second. */
const MANY_ROWS = 60;
/** Rows that change in one task. */
const PIECE_ROWS = 60;
/** Beyond this many the rows stand closer, and only whole ones are in view. */
const CLOSE_ROWS = 8;

/** Pixels of a letter, narrow or wide, and of the coloured square before a name. */
const LETTER = { narrow: 7, wide: 13.5 };
const SWATCH = 16;

/** Room that the longest name needs: rows that are laid out one by one cannot ask each other. */
function nameWidth(scenarios: RunView['scenarios']): number {
  const widths = scenarios.map(({ name }) =>
    [...name].reduce((sum, letter) => sum + (letter < '\u2e80' ? LETTER.narrow : LETTER.wide), SWATCH),
  );
  return Math.ceil(Math.max(90, ...widths));
}

/** Columns in their order; on a phone those that are `more` wait until they are asked for. */
const COLUMNS = [
  { name: 'Scenario', meaning: 'The scenarios stand in the order of the dataset.' },
  { name: 'share', className: 'number more', meaning: 'Its share of the traffic.' },
  { name: 'rows', className: 'number more', meaning: 'Rows that its metrics are computed from.' },
  { name: 'CTR', className: 'number', meaning: 'Click rate over all of its rows.' },
  {
    name: 'AUC',
    className: 'number',
    meaning:
      'How well clicked rows are ranked above others; 0.5 is chance, “too few” stands for fewer than ten of a kind.',
  },
  {
    name: 'ceiling',
    className: 'number',
    meaning: 'AUC of the true click probability, which only a simulator knows: the best any model can reach.',
  },
  { name: 'log loss', className: 'number more', meaning: 'Mean surprise at the clicks; lower is better.' },
  {
    name: 'calibr.',
    className: 'number more',
    meaning: 'Calibration: mean prediction divided by click rate; 1 is calibrated.',
  },
  {
    name: 'RelaImpr',
    className: 'number more',
    meaning: '(AUC − 0.5) / (AUC of the other run − 0.5) − 1, against the run that is chosen above.',
  },
] as const satisfies readonly {
  readonly name: string;
  readonly className?: string;
  readonly meaning: string;
}[];

/** One row a scenario: how much there is of it and how well it is ranked. */
export function ScenarioTable({ view: newest }: { readonly view: RunView }) {
  const view = useThrottledValue(newest, newest.current && newest.scenarios.length > MANY_ROWS);
  const wanted = useSetup((state) => state.curve);
  const referenceId = useSetup((state) => state.referenceRun);
  const set = useSetup((state) => state.set);
  const reference = useKeptRun(referenceId);
  const runs = useRuns((state) => state.list);
  const theme = useTheme((state) => state.theme);
  /** On a narrow screen: all columns, not only those that a glance needs. */
  const [wide, setWide] = useState(false);
  const [explained, setExplained] = useState(false);
  const highlighted = useHighlight((state) => state.scenario);
  const kind = drawnAucKind(view, wanted);
  const rows = useMemo(() => scenarioRows(view, kind, reference), [view, kind, reference]);
  const pieces = useChunkedList(rows, PIECE_ROWS);
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const { metrics, final } = currentMetrics(view);
  const unlisted = useCatalogue(
    ({ entries }) => entries !== null && !entries.some(({ id }) => id === view.setup.dataset),
  );
  // A world that no list has yet is simulated when it is asked for.
  const simulated = simulationOfId(view.setup.dataset) !== null;
  const candidates =
    runs?.filter((run) => run.setup.dataset === view.setup.dataset && run.id !== view.id) ?? [];
  return (
    <section
      className={`scenarios ${rows.length > CLOSE_ROWS ? 'scenarios-many' : ''} ${wide ? 'all-columns' : ''}`}
      style={{ '--rows': rows.length, '--name': `${nameWidth(view.scenarios)}px` } as CSSProperties}
      aria-labelledby="scenarios-title"
    >
      <header className="figure-head">
        <h3 id="scenarios-title">
          Scenarios{' '}
          <span className="muted scenarios-source">
            {metrics === null
              ? view.datasetTitle
              : final
                ? `test rows, weights of step ${formatCount(view.bestStep)}`
                : `validation rows at step ${formatCount(view.evaluations.points.at(-1)?.step ?? view.step)}`}
          </span>
        </h3>
        <span className="header-gap" />
        <button
          type="button"
          className="link columns-toggle"
          aria-expanded={wide}
          data-testid="all-columns"
          onClick={() => setWide(!wide)}
        >
          {wide ? 'fewer columns' : 'all columns'}
        </button>
        <button
          type="button"
          className="tool"
          aria-expanded={explained}
          data-testid="columns-meaning"
          title="What the columns mean"
          onClick={() => setExplained(!explained)}
        >
          <span aria-hidden="true">i</span>
          <span className="visually-hidden">What the columns of the scenarios mean</span>
        </button>
        <label className="reference">
          RelaImpr against
          <select
            data-testid="reference-select"
            value={referenceId ?? ''}
            onChange={(event) => set({ referenceRun: event.target.value || null })}
          >
            <option value="">no run</option>
            {candidates.map((run) => (
              <option key={run.id} value={run.id}>
                {run.name}
              </option>
            ))}
          </select>
        </label>
      </header>
      {rows.length === 0 && (
        <p className="muted">
          {unlisted && !simulated
            ? `There is no dataset “${view.setup.dataset}” here; choose another at the left.`
            : unlisted
              ? 'Simulating the dataset.'
              : 'Reading the dataset.'}
        </p>
      )}
      {explained && (
        <dl className="figure-about columns-meaning">
          {COLUMNS.map(({ name, meaning }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      )}
      <div
        className="scenarios-scroll"
        {...(rows.length > CLOSE_ROWS && {
          tabIndex: 0,
          role: 'region',
          'aria-label': 'Rows of the scenarios',
        })}
      >
        {/* Roles are given: where rows are laid out by themselves, not every browser takes them for a table's. */}
        <table
          role="table"
          data-testid="scenario-table"
          className={kind === 'drawn' ? 'table with-errors' : 'table'}
        >
          <thead role="rowgroup">
            <tr role="row">
              {COLUMNS.map(({ name, meaning, ...column }) => (
                <th key={name} role="columnheader" scope="col" {...column} title={meaning}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {pieces.map((piece, k) => (
              <ScenarioRows
                key={k}
                rows={piece}
                colours={colours}
                highlighted={piece.some(({ id }) => id === highlighted) ? highlighted : null}
                trained={metrics !== null}
                limited={view.ceilings !== null}
                compared={reference !== null}
              />
            ))}
          </tbody>
          {metrics && (
            <tfoot role="rowgroup">
              <tr role="row">
                <th role="rowheader" scope="row">
                  Mean by rows
                </th>
                <td role="cell" className="more" />
                <td role="cell" className="number more">
                  {formatCount(metrics.overall.rows)}
                </td>
                <td role="cell" />
                <td
                  role="cell"
                  className="number strong"
                  title={`By traffic instead of evaluation rows: ${formatAuc(summaryColumns.traffic.of({ final: metrics, scenarios: view.scenarios }, kind))}`}
                >
                  {formatAuc(kind === 'noiseFree' ? metrics.domainNoiseFreeAuc : metrics.domainAuc)}
                </td>
                <td role="cell" className="number">
                  {view.ceilings ? formatAuc(view.ceilings.domain) : '–'}
                </td>
                <td role="cell" className="number more">
                  {formatLoss(metrics.overall.logLoss)}
                </td>
                <td role="cell" className="number more">
                  {formatRatio(metrics.overall.calibration)}
                </td>
                <td role="cell" className="more" />
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  );
}
