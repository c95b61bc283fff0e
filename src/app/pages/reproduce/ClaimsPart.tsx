import { Fragment, useMemo } from 'react';
import { VERDICTS } from '../../../studies/evidence/verdict';
import { chosenRows, effectSpan, sortedRows, tally, verdictOf } from '../../../studies/reproduce/claimRows';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import { claimsLatex, claimsTable } from '../../../studies/reproduce/documents';
import { modelTitle } from '../../../studies/setups';
import { Figure } from '../../figure/Figure';
import { download } from '../../figure/export';
import { trimNumber } from '../../format';
import { effectText, Forest } from '../../pictures/evidence/Forest';
import { VerdictMark } from '../../pictures/evidence/VerdictMark';
import { claimSorts } from '../../store/reproduceView';
import type { ClaimSort } from '../../store/reproduceView';
import { useSetup } from '../../store/setup';
import { ClaimExperiment } from './ClaimExperiment';

const SORT_WORDS: Readonly<Record<ClaimSort, string>> = {
  paper: 'paper',
  effect: 'effect, largest first',
  p: 'p, smallest first',
  verdict: 'verdict',
};

interface Props {
  readonly rows: readonly ClaimRow[];
  readonly papers: readonly string[];
}

/** Every claim of the papers on a line: what it says, where it was tested, the effect, the verdict. */
export function ClaimsPart({ rows: all, papers }: Props) {
  const { paper, verdict, sort, claim } = useSetup((state) => state.reproduce);
  const look = useSetup((state) => state.look);
  const ofPaper = useMemo(() => chosenRows(all, paper, null), [all, paper]);
  const rows = useMemo(() => sortedRows(chosenRows(ofPaper, null, verdict), sort), [ofPaper, verdict, sort]);
  const span = effectSpan(rows.flatMap(({ strongest }) => (strongest ? [strongest.result] : [])));
  const counts = tally(ofPaper).filter(({ count }) => count > 0);
  return (
    <Figure
      name="claims"
      title="What the papers claim, and what came of it"
      reading="Effect: mean difference over seeds with its 95 % interval, where the cause is strongest; filled dots are beyond chance (p adjusted by Holm within a table of the paper). No effect: inside ± 0.002 of AUC by two one-sided tests. Simulated data."
      table={claimsTable(rows)}
      files={[
        {
          label: 'LaTeX',
          save: () => download('scenarium-claims.tex', claimsLatex(rows), 'text/plain'),
        },
      ]}
      controls={
        <>
          <label>
            Paper{' '}
            <select
              data-testid="claims-paper"
              value={paper ?? ''}
              onChange={(event) => look({ paper: event.target.value || null })}
            >
              <option value="">all</option>
              {papers.map((one) => (
                <option key={one} value={one}>
                  {modelTitle(one)}
                </option>
              ))}
            </select>
          </label>
          <label>
            verdict{' '}
            <select
              data-testid="claims-verdict"
              value={verdict ?? ''}
              onChange={(event) => look({ verdict: event.target.value || null })}
            >
              <option value="">any</option>
              {VERDICTS.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
          <label>
            by{' '}
            <select
              data-testid="claims-sort"
              value={sort}
              onChange={(event) =>
                look({ sort: claimSorts.find((one) => one === event.target.value) ?? 'paper' })
              }
            >
              {claimSorts.map((one) => (
                <option key={one} value={one}>
                  {SORT_WORDS[one]}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      <p className="claims-tally" data-testid="claims-tally">
        {ofPaper.length} claims: {counts.map(({ verdict: name, count }) => `${count} ${name}`).join(', ')}.
      </p>
      {rows.length === 0 ? (
        <p className="muted">No claim has this verdict.</p>
      ) : (
        <table className="table claims" data-testid="claims">
          <thead>
            <tr>
              <th scope="col">Paper</th>
              <th scope="col">Claim</th>
              <th scope="col">World</th>
              <th scope="col">Effect</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Fragment key={row.claim.id}>
                <ClaimLine
                  row={row}
                  span={span}
                  open={row.claim.id === claim}
                  onOpen={() => look({ claim: row.claim.id === claim ? null : row.claim.id, world: null })}
                />
                {row.claim.id === claim && (
                  <tr className="claim-open">
                    <td colSpan={5}>
                      <ClaimExperiment row={row} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
    </Figure>
  );
}

function ClaimLine({
  row,
  span,
  open,
  onOpen,
}: {
  readonly row: ClaimRow;
  readonly span: { readonly min: number; readonly max: number };
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  const { claim, strongest, doses } = row;
  const world = strongest?.world;
  return (
    <tr data-claim={claim.id} data-verdict={verdictOf(row)}>
      <td>
        {modelTitle(claim.paper)}
        <span className="difference">{claim.place}</span>
      </td>
      <th scope="row">
        <button type="button" className="claim-sentence" aria-expanded={open} onClick={onOpen}>
          {claim.sentence}
        </button>
      </th>
      <td>
        {claim.world}
        {world && (
          <span className="difference">
            {world.dose === null ? '' : `${world.knob ?? 'dose'} ${trimNumber(world.dose)}, `}
            {doses.length} {doses.length === 1 ? 'world' : 'doses'}
          </span>
        )}
      </td>
      <td>
        {/* What was not run has no effect, and no figure that could be undefined. */}
        {strongest && strongest.result.verdict !== 'not run' && (
          <>
            <Forest span={span} result={strongest.result} />
            <span className="difference">{effectText(strongest.result)}</span>
          </>
        )}
      </td>
      <td>
        <VerdictMark result={strongest?.result ?? { verdict: 'not run', moreSeeds: null }} />
      </td>
    </tr>
  );
}
