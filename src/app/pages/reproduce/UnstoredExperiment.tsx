import { useMemo } from 'react';
import type { Claim } from '../../../studies/claims';
import { effectSpan } from '../../../studies/reproduce/claimRows';
import { judgedHere, unstoredCells } from '../../../studies/reproduce/unstored';
import { effectText, Forest } from '../../pictures/evidence/Forest';
import { VerdictMark } from '../../pictures/evidence/VerdictMark';
import { useRepeats } from '../../store/repeats';
import { CellsTable } from './CellsTable';
import { RunHere } from './RunHere';

/** A claim of which nothing is stored: the way to run it here, and what the runs of this browser say of it. */
export function UnstoredExperiment({ claim }: { readonly claim: Claim }) {
  const cells = useMemo(() => unstoredCells(claim), [claim]);
  const repeats = useRepeats(cells);
  const here = judgedHere(claim, cells, repeats);
  const world = here?.world ?? cells[0]?.study.worlds[0];
  if (!world)
    return (
      <p className="muted">
        No run of it is stored with this build, and this version has not both sides of it as models.
      </p>
    );
  return (
    <>
      <p className="muted">
        No run of it is stored with this build. Five seeds of each side train here, on {world.title}, with the
        budget of the studies.
      </p>
      <div className="claim-actions">
        <RunHere cells={cells} repeats={repeats} what="this claim" title={claim.id} />
      </div>
      {here && (
        <p data-testid="judged-here">
          In this browser: {effectText(here.result)} over {here.result.pairs}{' '}
          {here.result.pairs === 1 ? 'seed' : 'seeds'}, p not adjusted for other claims.{' '}
          <VerdictMark result={here.result} />
          <Forest span={effectSpan([here.result])} result={here.result} />
        </p>
      )}
      <CellsTable
        cells={cells}
        repeats={repeats}
        world={world}
        looked={claim.test}
        title={`${claim.id} on ${world.id}`}
      />
    </>
  );
}
