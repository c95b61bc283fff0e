import { useMemo } from 'react';
import { nameOf, cellsOf } from '../../../studies/reproduce/cells';
import { effectSpan } from '../../../studies/reproduce/claimRows';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import type { Verdict } from '../../../studies/evidence/verdict';
import { repeatableCells } from '../../../studies/reproduce/repeats';
import { metricWords, partWords } from '../../../studies/reproduce/words';
import { formatAuc, formatP, trimNumber } from '../../format';
import { effectText, Forest } from '../../pictures/evidence/Forest';
import { VerdictMark } from '../../pictures/evidence/VerdictMark';
import { useRepeats } from '../../store/repeats';
import { useSetup } from '../../store/setup';
import { CellsTable } from './CellsTable';
import { RunHere } from './RunHere';
import { UnstoredExperiment } from './UnstoredExperiment';

const pText = ({ verdict }: Verdict, p: number | null): string => (verdict === 'not run' ? '–' : formatP(p));

/** The experiment behind a claim: the test in words, every dose, every run, and any of it again. */
export function ClaimExperiment({ row }: { readonly row: ClaimRow }) {
  const { claim, study, doses, strongest } = row;
  const look = useSetup((state) => state.look);
  const asked = useSetup((state) => state.reproduce.world);
  const at = doses.find(({ world }) => world.id === asked) ?? strongest;
  const { variant, against, metric, againstMetric, of, value, direction } = claim.test;
  const cells = useMemo(
    () =>
      study && at
        ? repeatableCells(
            study,
            cellsOf(study, at.world.id, value === undefined ? [variant, against] : [variant]),
          )
        : [],
    [study, at, variant, against, value],
  );
  const repeats = useRepeats(cells);
  const span = effectSpan(doses.map(({ result }) => result));
  const name = (id: string) => (study ? nameOf(study, id) : id);
  const knob = doses[0]?.world.knob ?? null;
  return (
    <div className="claim-experiment" data-testid="claim-experiment">
      <p>
        {claim.place}. The test: {metricWords(metric)} ({partWords(of, at?.world.scenarios ?? [])}) of{' '}
        <strong>{name(variant)}</strong> is {direction} than{' '}
        {value === undefined ? (
          <>
            {againstMetric === undefined ? 'that' : metricWords(againstMetric)} of{' '}
            <strong>{name(against)}</strong>
          </>
        ) : (
          `${trimNumber(value)} (${against})`
        )}
        .{' '}
        {claim.printed && (
          <span className="muted">
            Printed on {claim.printed.dataset}: {formatAuc(claim.printed.variant)} against{' '}
            {formatAuc(claim.printed.against)} ({claim.printed.metric}).
          </span>
        )}
      </p>
      {doses.length === 0 ? (
        <UnstoredExperiment claim={claim} />
      ) : (
        <>
          <div className="dose-scroll" tabIndex={0} role="group" aria-label="Doses">
            <table className="table dose-table">
              <thead>
                <tr>
                  <th scope="col">{knob ?? 'World'}</th>
                  <th scope="col">Effect</th>
                  <th scope="col">
                    <span className="visually-hidden">Drawn</span>
                  </th>
                  <th scope="col" className="number">
                    p
                  </th>
                  <th scope="col" className="number">
                    Holm
                  </th>
                  <th scope="col" className="number">
                    Seeds
                  </th>
                  <th scope="col">Verdict</th>
                </tr>
              </thead>
              <tbody>
                {doses.map(({ world, result }) => (
                  <tr
                    key={world.id}
                    data-world={world.id}
                    className={world === at?.world ? 'highlighted' : ''}
                  >
                    <th scope="row">
                      <button
                        type="button"
                        className="button quiet"
                        aria-pressed={world === at?.world}
                        title={`Runs on ${world.title}`}
                        onClick={() => look({ world: world.id })}
                      >
                        {world.dose === null ? world.title : trimNumber(world.dose)}
                      </button>
                    </th>
                    <td>{effectText(result)}</td>
                    <td className="forest-cell">
                      <Forest span={span} result={result} />
                    </td>
                    <td className="number">{pText(result, result.p)}</td>
                    <td className="number">{pText(result, result.holm)}</td>
                    <td className="number">{result.pairs}</td>
                    <td>
                      <VerdictMark result={result} />
                      {world.dose === 0 && (
                        <span className="difference">without the cause nothing is claimed</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {at && (
            <>
              <div className="claim-actions">
                <RunHere
                  cells={cells}
                  repeats={repeats}
                  what="this row"
                  title={`${claim.id} on ${at.world.id}`}
                />
                <button
                  type="button"
                  className="button quiet"
                  onClick={() => look({ part: 'doses', paper: claim.paper })}
                >
                  Its doses
                </button>
              </div>
              <CellsTable
                cells={cells}
                repeats={repeats}
                world={at.world}
                looked={{ metric, of }}
                title={`${claim.id} on ${at.world.id}`}
              />
            </>
          )}
        </>
      )}
    </div>
  );
}
