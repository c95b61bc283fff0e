import { useEffect } from 'react';
import '../../pictures/evidence/evidence.css';
import { effectText, Forest } from '../../pictures/evidence/Forest';
import { VerdictMark } from '../../pictures/evidence/VerdictMark';
import { readStudies, useStudies } from '../../store/studies';
import { claimsOf } from '../../../studies/claims';
import { claimRows, effectSpan } from '../../../studies/reproduce/claimRows';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import { trimNumber } from '../../format';

/** More lines than these are for the Reproduce page. */
const MOST = 8;

/** Claims that were put to the test first, the rest in the paper's order. */
function chosen(rows: readonly ClaimRow[]): readonly ClaimRow[] {
  const run = (row: ClaimRow): boolean =>
    row.strongest !== null && row.strongest.result.verdict !== 'not run';
  return [...rows.filter(run), ...rows.filter((row) => !run(row))].slice(0, MOST);
}

/** What stored runs say of a paper's claims in the story's world, in favour or not. */
export function Verdicts({ paper }: { readonly paper: string }) {
  const { state, studies } = useStudies();
  useEffect(() => void readStudies(), []);
  const all = claimRows(claimsOf(paper).claims, studies);
  const rows = chosen(all);
  const span = effectSpan(rows.flatMap(({ strongest }) => (strongest ? [strongest.result] : [])));
  const run = all.filter(({ strongest }) => strongest && strongest.result.verdict !== 'not run').length;
  return (
    <section aria-labelledby="verdicts-title" className="story-verdicts" data-testid="story-verdicts">
      <h3 id="verdicts-title">What came of its claims</h3>
      <p className="muted">
        {state === 'unread' || state === 'reading'
          ? 'Reading stored studies…'
          : `${run} of ${all.length} claims were put to the test here; ${rows.length} are shown, where the cause is strongest.`}{' '}
        <a href={`?page=reproduce&paper=${paper}`}>All of them, and each run again</a>
      </p>
      <div className="table-scroll story-claims" role="region" aria-label="Claims and verdicts" tabIndex={0}>
        <table className="table">
          <caption className="visually-hidden">Claims of the paper and their verdicts</caption>
          <thead>
            <tr>
              <th scope="col">claim</th>
              <th scope="col">verdict</th>
              <th scope="col" aria-hidden="true" className="story-forest" />
              <th scope="col">effect</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ claim, strongest }) => {
              const result = strongest?.result ?? {
                verdict: 'not run' as const,
                effect: null,
                interval: null,
                moreSeeds: null,
              };
              return (
                <tr key={claim.id} data-claim={claim.id} data-verdict={result.verdict}>
                  <td className="story-claim">
                    {claim.sentence} <span className="muted">{claim.place}</span>
                  </td>
                  <td>
                    <VerdictMark result={result} />
                    {typeof strongest?.world.dose === 'number' && (
                      <span className="muted"> dose {trimNumber(strongest.world.dose)}</span>
                    )}
                  </td>
                  <td className="story-forest">
                    <Forest span={span} result={result} />
                  </td>
                  <td>{result.effect === null ? 'not run yet' : effectText(result)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
