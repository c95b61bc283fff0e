import { useMemo } from 'react';
import type { StoredStudy } from '../../../studies/evidence/format';
import { bestOnLog, bestOnLogAnswer } from '../../../studies/reproduce/bestOnLog';
import type { BestOnLog as Row, GivenAway } from '../../../studies/reproduce/bestOnLog';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatSigned } from '../../format';

const table = (rows: readonly Row[]) => ({
  columns: [
    ...[
      'world',
      'models',
      'best on the log',
      'best in truth',
      'noise-free AUC given away',
      'low',
      'high',
      'p',
    ],
    ...['best by interest', 'interest AUC given away', 'low', 'high', 'p'],
    ...['counterfactual error, best on the log', 'counterfactual error, best in truth'],
    ...['least counterfactual error', 'of', 'rank correlation of log AUC and counterfactual error'],
  ],
  rows: rows.map(({ world, models, onLog, inTruth, byInterest, regret, interestRegret, counterfactual }) => [
    ...[world.id, models, onLog.name, inTruth.name, ...numbers(regret)],
    ...[byInterest?.name ?? null, ...numbers(interestRegret), counterfactual.onLog, counterfactual.inTruth],
    ...[counterfactual.least?.error ?? null, counterfactual.least?.name ?? null, counterfactual.agreement],
  ]),
});

const numbers = (pair: GivenAway | null) => [
  pair?.difference ?? null,
  pair?.interval?.[0] ?? null,
  pair?.interval?.[1] ?? null,
  pair?.p ?? null,
];

/** What choosing a model by the log costs, world by world: a log has drawn clicks alone. */
export function BestOnLog({ study }: { readonly study: StoredStudy }) {
  const rows = useMemo(() => bestOnLog(study), [study]);
  const stored = rows.some(
    ({ counterfactual: { onLog, inTruth, least } }) => onLog !== null || inTruth !== null || least !== null,
  );
  return (
    <Figure
      name="best-on-log"
      className="best-on-log"
      title="Is the best on the log the best in truth?"
      reading="The model with the highest AUC against drawn clicks, which is all that a log has; that with the highest AUC against the true click probability, and against true interest (no place, no promotion). Given away: how much lower the first one’s figure is, mean over seeds with its 95 % interval. Counterfactual error: each test row scored in every scenario that it did not happen in, all else as it was, against the simulator’s click probability there, mean absolute difference; of the best on the log, of the best in truth, and the least of all models; whether all models stand in the same order by it as by AUC on the log (Spearman’s rank correlation, 1 where they do). Means over scenarios by traffic; the best of many is flattered by its own chance. Simulated data."
      table={table(rows)}
      empty={rows.length === 0 ? <p>No world has two models with both figures.</p> : null}
    >
      <p data-testid="best-on-log-answer">{bestOnLogAnswer(rows)}</p>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="Best on the log and in truth">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">World</th>
              <th scope="col">Best on the log</th>
              <th scope="col">Best in truth</th>
              <th scope="col">Best by interest</th>
              {stored && <th scope="col">Counterfactual error</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.world.id} data-world={row.world.id} data-same={row.onLog.id === row.inTruth.id}>
                <th scope="row">
                  {row.world.id}
                  <span className="difference">{row.models} models</span>
                </th>
                <td>{row.onLog.name}</td>
                <td>
                  <Better name={row.inTruth.name} same={row.inTruth.id === row.onLog.id} pair={row.regret} />
                </td>
                <td>
                  {row.byInterest ? (
                    <Better
                      name={row.byInterest.name}
                      same={row.byInterest.id === row.onLog.id}
                      pair={row.interestRegret}
                    />
                  ) : (
                    '–'
                  )}
                </td>
                {stored && (
                  <td>
                    <Errors {...row.counterfactual} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!stored && rows.length > 0 && (
        <p className="muted">
          Counterfactual error: these runs are from before it was kept;{' '}
          <code>npm run study -- --plan ranks --refill counterfactualError</code> trains them again.
        </p>
      )}
    </Figure>
  );
}

const errorText = (error: number | null): string => (error === null ? 'not stored' : fixedDigits(error, 4));

function Errors({ onLog, inTruth, least, agreement }: Row['counterfactual']) {
  return (
    <>
      {errorText(onLog)} / {errorText(inTruth)}
      <span className="difference">
        {least ? `least ${errorText(least.error)}, ${least.name}` : 'not stored of all models'}
      </span>
      {agreement !== null && <span className="difference">orders agree by {fixedDigits(agreement, 2)}</span>}
    </>
  );
}

function Better({
  name,
  same,
  pair,
}: {
  readonly name: string;
  readonly same: boolean;
  readonly pair: GivenAway | null;
}) {
  if (same) return 'the same';
  return (
    <>
      {name}
      <span className="difference">
        {pair === null
          ? 'no seed in common'
          : `${formatSigned(pair.difference)}${pair.interval ? ` [${formatSigned(pair.interval[0])}, ${formatSigned(pair.interval[1])}]` : ', one seed'}`}
      </span>
    </>
  );
}
