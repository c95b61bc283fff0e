import { useMemo } from 'react';
import { doseCurves } from '../../../studies/reproduce/doses';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import { modelTitle } from '../../../studies/setups';
import { DoseFigure } from '../../pictures/evidence/DoseFigure';

interface Props {
  readonly rows: readonly ClaimRow[];
  readonly papers: readonly string[];
}

/** Where each module works: its gain over the dose of its cause. */
export function DosesPart({ rows, papers }: Props) {
  const figures = useMemo(
    () => papers.map((paper) => ({ paper, curves: doseCurves(rows, paper) })),
    [rows, papers],
  );
  return (
    <>
      {figures.map(({ paper, curves }) => (
        <DoseFigure
          key={paper}
          paper={paper}
          title={modelTitle(paper)}
          curves={curves}
          empty={`No study of ${modelTitle(paper)} over several doses is stored with this build. Run it: npm run study -- --plan doses --paper ${paper}.`}
        />
      ))}
    </>
  );
}
