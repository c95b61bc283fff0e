import { useEffect } from 'react';
import '../../pictures/evidence/evidence.css';
import { effectText, Forest } from '../../pictures/evidence/Forest';
import { VerdictMark } from '../../pictures/evidence/VerdictMark';
import { readStudies, useStudies } from '../../store/studies';
import { claimsOf } from '../../../studies/claims';
import { claimRows, effectSpan, tally } from '../../../studies/reproduce/claimRows';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import { trimNumber } from '../../format';

/** The claims that a story tells of, in its order; all others are for the Reproduce page. */
function chosen(rows: readonly ClaimRow[], ids: readonly string[]): readonly ClaimRow[] {
  return ids.flatMap((id) => rows.filter(({ claim }) => claim.id === id));
}

/** What holds the effects of one metric: a rank correlation on the scale of an AUC would leave nothing else to see. */
function spanOf(rows: readonly ClaimRow[], metric: string) {
  const same = rows.filter(({ claim }) => scaleOf(claim.test.metric) === scaleOf(metric));
  return effectSpan(same.flatMap(({ strongest }) => (strongest ? [strongest.result] : [])));
}

/** AUCs of all kinds are compared with each other, all else with its own kind. */
const scaleOf = (metric: string): string => (/auc/i.test(metric) ? 'AUC' : metric);

/** `6 confirmed, 3 opposite, 1 undecided`, of those that were run. */
function came(rows: readonly ClaimRow[]): string {
  return tally(rows)
    .filter(({ verdict, count }) => verdict !== 'not run' && count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

const NOTHING = { verdict: 'not run' as const, effect: null, interval: null, moreSeeds: null };

/** What stored runs say of a paper's claims in the story's world, in favour or not. */
export function Verdicts({ paper, claims }: { readonly paper: string; readonly claims: readonly string[] }) {
  const { state, studies } = useStudies();
  useEffect(() => void readStudies(), []);
  const all = claimRows(claimsOf(paper).claims, studies);
  const rows = chosen(all, claims);
  const run = all.filter(({ strongest }) => strongest && strongest.result.verdict !== 'not run').length;
  return (
    <section aria-labelledby="verdicts-title" className="story-verdicts" data-testid="story-verdicts">
      <h3 id="verdicts-title">What came of its claims</h3>
      {state === 'unread' || state === 'reading' ? (
        <p className="muted">Reading stored studies…</p>
      ) : (
        <p>
          {run === 0
            ? `None of ${all.length} claims was put to the test here yet.`
            : `${run} of ${all.length} claims were put to the test in this simulated world, where the cause is strongest: `}
          {run > 0 && <strong data-testid="story-tally">{came(all)}</strong>}
          {run > 0 &&
            `. Confirmed and opposite are beyond chance over five seeds or more; no effect lies surely within ± 0.002 of AUC; undecided is neither, or has fewer seeds. Below stand the ${rows.length} that this story tells of.`}{' '}
          <a href={`?page=reproduce&paper=${paper}`}>
            {rows.length < all.length ? `All ${all.length}` : 'All of them'}, and each run again
          </a>
        </p>
      )}
      <ul className="claim-list">
        {rows.map(({ claim, strongest }) => {
          const span = spanOf(rows, claim.test.metric);
          const result = strongest?.result ?? NOTHING;
          return (
            <li key={claim.id} data-claim={claim.id} data-verdict={result.verdict}>
              <p className="claim-said">
                {claim.sentence} <span className="muted">{claim.place}</span>
              </p>
              <div className="claim-verdict">
                <VerdictMark result={result} />
                {typeof strongest?.world.dose === 'number' && (
                  <span className="muted"> dose {trimNumber(strongest.world.dose)}</span>
                )}
              </div>
              <div className="claim-effect">
                <Forest span={span} result={result} />
                {result.effect === null ? 'not run yet' : effectText(result)}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
