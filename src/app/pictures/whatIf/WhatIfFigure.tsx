import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { formatNumber, formatPercent } from '../../format';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { rowHeadline } from '../headlines/runWords';
import { picture } from '../picture';
import type { WhatIf } from '../../../workers/protocol';
import { insideGroups, nearestRows } from './answer';
import { RowForm } from './RowForm';
import { SlicesFigure } from './SlicesFigure';
import { chooseRow, useWhatIf } from './useWhatIf';
import './whatIf.css';

/** Scenarios and numbers that are drawn; the tables have all. */
const MOST_SCENARIOS = 12;
const MOST_BARS = 8;

/** The scenarios that are drawn: the chosen one, then those with most traffic. */
function drawnScenarios({ scenarios }: RunView, chosen: number): readonly number[] {
  const order = scenarios
    .map((_, s) => s)
    .sort((a, b) => {
      if (a === chosen || b === chosen) return a === chosen ? -1 : 1;
      return (scenarios[b]?.share ?? 0) - (scenarios[a]?.share ?? 0) || a - b;
    });
  return order.slice(0, MOST_SCENARIOS).sort((a, b) => a - b);
}

function Predictions({ answer, view }: { readonly answer: WhatIf; readonly view: RunView }) {
  const theme = useTheme((state) => state.theme);
  const colours = scenarioColours(view.scenarios, theme);
  const most = Math.max(1e-6, ...answer.probability, ...(answer.truth ?? []));
  const place = (value: number | undefined): string => `${(100 * (value ?? 0)) / most}%`;
  return (
    <div
      className="whatif-list"
      role="img"
      aria-label="Prediction in every scenario; the numbers are in the table."
    >
      {drawnScenarios(view, answer.scenario).map((s) => (
        <div key={s} className={s === answer.scenario ? 'whatif-line chosen' : 'whatif-line'}>
          <span className="whatif-name" title={view.scenarios[s]?.name}>
            {view.scenarios[s]?.name}
          </span>
          <span className="whatif-track">
            <span
              className="whatif-bar"
              style={{ width: place(answer.probability[s]), background: colours[s] }}
            />
            {answer.truth && <span className="whatif-truth" style={{ left: place(answer.truth[s]) }} />}
          </span>
          <span className="whatif-value">
            {formatPercent(answer.probability[s])}
            {answer.truth && <span className="muted"> · {formatPercent(answer.truth[s])}</span>}
          </span>
        </div>
      ))}
    </div>
  );
}

function Inside({ answer, view }: { readonly answer: WhatIf; readonly view: RunView }) {
  const groups = insideGroups(answer, view.probeSpecs, view);
  if (groups.length === 0) return null;
  const where = view.scenarios[answer.scenario]?.name ?? '';
  return (
    <Figure
      name="whatif-inside"
      title={`What the model's parts say of it in ${where}`}
      reading={`Every number that the model shows, for this row alone; the ${MOST_BARS} largest of each are drawn.`}
      table={{
        columns: ['of', 'part', 'value'],
        rows: groups.flatMap(({ title, bars }) => bars.map(({ name, value }) => [title, name, value])),
      }}
    >
      <div className="whatif-groups">
        {groups.map(({ id, title, bars }) => {
          const largest = [...bars]
            .sort((a, b) => Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0))
            .slice(0, MOST_BARS);
          const drawn = bars.filter((bar) => largest.includes(bar));
          const reach = Math.max(1e-9, ...drawn.map(({ value }) => Math.abs(value ?? 0)));
          return (
            <section key={id}>
              <h4>{title}</h4>
              {drawn.map(({ name, value }, k) => (
                <div key={k} className="whatif-line">
                  <span className="whatif-name" title={name}>
                    {name}
                  </span>
                  <span className="whatif-track">
                    <span
                      className={(value ?? 0) < 0 ? 'whatif-bar below' : 'whatif-bar'}
                      style={{ width: `${(100 * Math.abs(value ?? 0)) / reach}%` }}
                    />
                  </span>
                  <span className="whatif-value">{formatNumber(value)}</span>
                </div>
              ))}
            </section>
          );
        })}
      </div>
    </Figure>
  );
}

function Nearest({ answer, view }: { readonly answer: WhatIf; readonly view: RunView }) {
  const near = nearestRows(answer, view.representation, view.scenarios.length);
  const title = view.probeSpecs.find(({ name }) => name === near?.name)?.title ?? '';
  return (
    <Figure
      name="whatif-nearest"
      title="Rows that the model sees most alike"
      reading={
        near
          ? `Distance between hidden vectors (${title}), among the rows kept with the run; press one to look at it.`
          : 'Rows whose hidden vectors lie nearest.'
      }
      table={{
        columns: ['row', 'scenario', 'clicked', 'predicted', 'true', 'distance'],
        rows: (near?.rows ?? []).map(({ row, scenario, label, probability, truth, distance }) => [
          row,
          view.scenarios[scenario]?.name ?? '',
          label,
          probability,
          truth,
          distance,
        ]),
      }}
      empty={
        near === null && (
          <p>
            {view.state === 'done'
              ? 'This run kept no hidden vectors to compare with.'
              : 'Hidden vectors are kept at the run’s end; then its nearest rows stand here.'}
          </p>
        )
      }
    >
      <ul className="whatif-near">
        {near?.rows.map(({ row, scenario, label, probability, truth, distance }) => (
          <li key={row}>
            <button type="button" className="link" onClick={() => chooseRow(row)}>
              row {row}
            </button>
            <span>{view.scenarios[scenario]?.name}</span>
            <span>{label === 1 ? 'clicked' : 'not clicked'}</span>
            <span className="whatif-value">
              {formatPercent(probability)}
              {truth !== null && <span className="muted"> · {formatPercent(truth)}</span>}
            </span>
            <span className="whatif-value muted">{formatNumber(distance)}</span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

/** One test row, as it is or changed: what the model says of it in every scenario, and why. */
function WhatIfFigures({ view }: { readonly view: RunView }) {
  const { answer, problem, blocked, busy } = useWhatIf(view);
  const truth = answer?.truth ?? null;
  return (
    <>
      <Figure
        name="whatif"
        className="whatif"
        title={answer ? `Row ${answer.row} in every scenario` : 'One row in every scenario'}
        headline={
          answer &&
          rowHeadline(
            answer,
            view.scenarios.map(({ name }) => name),
          )
        }
        reading={
          truth
            ? 'Bar: the model’s click probability, had the row been shown there. Line: the simulator’s true one (simulated).'
            : 'Bar: the model’s click probability, had the row been shown there. The true one is not known of this data.'
        }
        table={{
          columns: ['scenario', 'predicted', 'true', 'difference'],
          rows: answer
            ? view.scenarios.map(({ name }, s) => {
                const predicted = answer.probability[s] ?? null;
                const right = truth?.[s] ?? null;
                return [
                  name,
                  predicted,
                  right,
                  predicted === null || right === null ? null : predicted - right,
                ];
              })
            : [],
        }}
        empty={
          answer === null && (
            <p>{problem ?? blocked ?? (busy ? 'Asking the model.' : 'Train a run first.')}</p>
          )
        }
      >
        {answer && (
          <>
            <RowForm answer={answer} view={view} />
            {problem !== null && (
              <p className="problem" role="alert">
                {problem}
              </p>
            )}
            <Predictions answer={answer} view={view} />
            <p className="muted whatif-step">Weights of step {answer.step}.</p>
          </>
        )}
      </Figure>
      {answer && <Inside answer={answer} view={view} />}
      {answer && <Nearest answer={answer} view={view} />}
      <SlicesFigure view={view} fields={answer?.fields ?? []} />
    </>
  );
}

export const whatIf = picture({
  id: 'whatif',
  tab: 'whatif',
  accepts: (probes) => (probes.length > 0 ? {} : null),
  Component: WhatIfFigures,
});
