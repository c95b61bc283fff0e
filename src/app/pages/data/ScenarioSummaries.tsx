import type { DatasetSummary } from '../../../workers/protocol';
import { scenarioColours } from '../../colour/scenario';
import { formatCount, formatPercent } from '../../format';
import { pointing, useHighlight } from '../../store/highlight';
import { useTheme } from '../../store/theme';

/** Scenarios of a dataset: rows by split, click rate, users; a bar for the share of traffic. */
export function ScenarioSummaries({ summary }: { readonly summary: DatasetSummary }) {
  const theme = useTheme((state) => state.theme);
  const highlighted = useHighlight((state) => state.scenario);
  const colours = scenarioColours(summary.scenarios, theme);
  const largest = Math.max(...summary.scenarios.map((scenario) => scenario.share));
  const grouped = summary.scenarios.some((scenario) => scenario.group !== null);
  return (
    <section className="dataset-scenarios" aria-labelledby="dataset-scenarios-title">
      <h3 id="dataset-scenarios-title">Scenarios</h3>
      <div className="table-scroll" tabIndex={0}>
        <table className="table" data-testid="dataset-scenarios">
          <thead>
            <tr>
              <th scope="col">Scenario</th>
              {grouped && <th scope="col">group</th>}
              <th scope="col" className="share-column">
                share
              </th>
              <th scope="col" className="number">
                CTR
              </th>
              <th scope="col" className="number">
                train
              </th>
              <th scope="col" className="number">
                validation
              </th>
              <th scope="col" className="number">
                test
              </th>
              <th scope="col" className="number">
                users
              </th>
            </tr>
          </thead>
          <tbody>
            {summary.scenarios.map((scenario, s) => (
              <tr
                key={scenario.id}
                data-scenario={scenario.id}
                className={highlighted === scenario.id ? 'highlighted' : undefined}
                {...pointing(scenario.id)}
              >
                <th scope="row">
                  <span className="swatch" style={{ background: colours[s] }} /> {scenario.name}
                </th>
                {grouped && <td className="muted">{scenario.group}</td>}
                <td className="share-column">
                  <span
                    className="share-bar"
                    style={{ width: `${(60 * scenario.share) / largest}%`, background: colours[s] }}
                  />
                  {formatPercent(scenario.share)}
                </td>
                <td className="number">{formatPercent(scenario.clickRate)}</td>
                <td className="number">{formatCount(scenario.rows.train)}</td>
                <td className="number">{formatCount(scenario.rows.validation)}</td>
                <td className="number">{formatCount(scenario.rows.test)}</td>
                <td className="number">{scenario.users === null ? '–' : formatCount(scenario.users)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
