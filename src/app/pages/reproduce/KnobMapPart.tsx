import { useMemo } from 'react';
import type { StoredStudy } from '../../../studies/evidence/format';
import { MAPS_STUDY, mapResult } from '../../../studies/evidence/knobMaps';
import type { KnobMap } from '../../../studies/evidence/knobMaps';
import { repeatableCells } from '../../../studies/reproduce/repeats';
import { KnobMapFigure } from '../../pictures/evidence/KnobMapFigure';
import { useRepeats } from '../../store/repeats';
import { RunHere } from './RunHere';

interface Props {
  readonly map: KnobMap;
  readonly studies: readonly StoredStudy[];
}

/** A module over two knobs, and every run of it again in this browser. */
export function KnobMapPart({ map, studies }: Props) {
  const study = studies.find(({ id }) => id === MAPS_STUDY) ?? null;
  const result = useMemo(() => (study ? mapResult(map, study) : null), [map, study]);
  const cells = useMemo(() => {
    if (!study || !result) return [];
    const worlds = new Set(result.worlds.flat().map((world) => world?.id));
    const { variant, against } = map.test;
    return repeatableCells(
      study,
      study.cells.filter((cell) => worlds.has(cell.world) && [variant, against].includes(cell.variant)),
    );
  }, [map, study, result]);
  const repeats = useRepeats(cells);
  return (
    <>
      <KnobMapFigure map={map} result={result} />
      {cells.length > 0 && (
        <div className="claim-actions">
          <RunHere cells={cells} repeats={repeats} what="this map" title={map.title} />
        </div>
      )}
    </>
  );
}
