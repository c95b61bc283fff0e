import { useMemo } from 'react';
import type { StoredStudy } from '../../../studies/evidence/format';
import { metricsOf, rankMap } from '../../../studies/reproduce/ranks';
import { rankStudy } from '../../../studies/reproduce/rankStudy';
import { repeatableCells } from '../../../studies/reproduce/repeats';
import { metricWords } from '../../../studies/reproduce/words';
import { RankFigure } from '../../pictures/evidence/RankFigure';
import { useRepeats } from '../../store/repeats';
import { useSetup } from '../../store/setup';
import { BestOnLog } from './BestOnLog';
import { RunHere } from './RunHere';

/** By the truth, on the log, by error in scenarios that rows did not happen in, by interest alone, and by interest with every row on one place. */
const BESIDE = ['noiseFreeAuc', 'auc', 'counterfactualError', 'interestAuc', 'interestAucFixedSlot'] as const;

/** All models in all worlds. */
export function RanksPart({ studies }: { readonly studies: readonly StoredStudy[] }) {
  const found = useMemo(() => rankStudy(studies), [studies]);
  const study = found?.study ?? null;
  const metrics = useMemo(
    () => (study ? metricsOf(study).filter((one) => rankMap(study, one).ranked >= 2) : []),
    [study],
  );
  const asked = useSetup((state) => state.reproduce.metric);
  const look = useSetup((state) => state.look);
  const metric =
    metrics.find((one) => one === asked) ?? metrics.find((one) => one === BESIDE[0]) ?? metrics[0];
  const map = useMemo(() => (study && metric !== undefined ? rankMap(study, metric) : null), [study, metric]);
  const beside = useMemo(
    () =>
      study
        ? BESIDE.filter((one) => one !== metric && metrics.includes(one)).map((one) => rankMap(study, one))
        : [],
    [study, metric, metrics],
  );
  const cells = useMemo(() => (study ? repeatableCells(study, study.cells) : []), [study]);
  const repeats = useRepeats(cells);
  if (!study || !map)
    return (
      <div className="empty" data-testid="not-run">
        <p>No rank map is stored with this build. Make one with npm run study -- --plan ranks.</p>
      </div>
    );
  return (
    <>
      {found?.whole === false && (
        <p className="muted" data-testid="ranks-partial">
          The study of all models is not stored with this build (npm run study -- --plan ranks): these are the
          models that the papers’ own studies trained as they come.
        </p>
      )}
      <RankFigure
        title={study.title}
        map={map}
        beside={beside}
        controls={
          <label>
            ranked by{' '}
            <select
              data-testid="rank-metric"
              value={metric}
              onChange={(event) => look({ metric: event.target.value })}
            >
              {metrics.map((one) => (
                <option key={one} value={one}>
                  {metricWords(one)}
                </option>
              ))}
            </select>
          </label>
        }
      />
      <BestOnLog study={study} />
      <RunHere cells={cells} repeats={repeats} what="the whole map" title={study.title} />
    </>
  );
}
