import { Fragment, useMemo } from 'react';
import type { StoredStudy } from '../../../studies/evidence/format';
import { doseCurves } from '../../../studies/reproduce/doses';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import { mechanismsOf } from '../../../studies/reproduce/mechanisms';
import { modelTitle } from '../../../studies/setups';
import { DoseFigure } from '../../pictures/evidence/DoseFigure';
import { MechanismFigure } from '../../pictures/evidence/MechanismFigure';
import { KNOB_MAPS } from '../../../studies/evidence/knobMaps';
import { KnobMapPart } from './KnobMapPart';

interface Props {
  readonly rows: readonly ClaimRow[];
  readonly papers: readonly string[];
  readonly studies: readonly StoredStudy[];
}

/** Where each module works: its gain over the dose of its cause, and what the truth says of how. */
export function DosesPart({ rows, papers, studies }: Props) {
  const figures = useMemo(
    () =>
      papers.map((paper) => ({
        paper,
        curves: doseCurves(rows, paper),
        mechanisms: mechanismsOf(paper, studies.find(({ id }) => id === paper) ?? null),
      })),
    [rows, papers, studies],
  );
  return (
    <>
      {figures.map(({ paper, curves, mechanisms }) => (
        <Fragment key={paper}>
          <DoseFigure
            paper={paper}
            title={modelTitle(paper)}
            curves={curves}
            empty={`No study of ${modelTitle(paper)} over several doses is stored with this build. Run it: npm run study -- --plan doses --paper ${paper}.`}
          />
          {mechanisms.map((mechanism) => (
            <MechanismFigure key={mechanism.id} paper={paper} mechanism={mechanism} />
          ))}
          {KNOB_MAPS.filter((map) => map.paper === paper).map((map) => (
            <KnobMapPart key={map.id} map={map} studies={studies} />
          ))}
        </Fragment>
      ))}
    </>
  );
}
