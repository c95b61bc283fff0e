import { useEffect, useMemo } from 'react';
import { groupRuns } from '../../../studies/groups';
import { useRunActions } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { report } from '../../store/notices';
import { openRun, useRuns } from '../../store/runs';
import { QueuePanel } from '../../runs/QueuePanel';
import { AblationShelf } from './ablation/AblationShelf';
import { AblatePanel } from './AblatePanel';
import { CompareCurves } from '../../pictures/compare/CompareCurves';
import { CompareTable } from '../../pictures/compare/CompareTable';
import { DeLongTest } from '../../pictures/compare/DeLongTest';
import { Differences } from './Differences';
import { OpenResults } from './OpenResults';
import { RunChooser } from './RunChooser';
import './compare.css';

/** The chosen runs' views, in the order of the list; read as they are chosen. */
function useChosenViews(): readonly RunView[] {
  const { client } = useRunActions();
  const chosen = useSetup((state) => state.chosen);
  const list = useRuns((state) => state.list);
  const views = useRuns((state) => state.views);
  useEffect(() => {
    for (const id of chosen) {
      if (!views.has(id) && list?.some((run) => run.id === id)) void openRun(client.runs, id).catch(report);
    }
  }, [client, chosen, views, list]);
  return useMemo(
    () =>
      (list ?? [])
        .flatMap((run) => (chosen.includes(run.id) ? [views.get(run.id)] : []))
        .filter((view) => view !== undefined)
        .reverse(),
    [list, chosen, views],
  );
}

/** Runs of one dataset side by side: on other rows no figure means the same. */
function OneDataset({ views, named }: { readonly views: readonly RunView[]; readonly named: boolean }) {
  const groups = useMemo(() => groupRuns(views), [views]);
  /** Group that the others are compared with; the first unless a run of another is pinned. */
  const pinned = useSetup((state) => state.pinned);
  const set = useSetup((state) => state.set);
  const reference = groups.find(({ runs }) => runs.some(({ id }) => id === pinned)) ?? groups[0] ?? null;
  return (
    <>
      {named && <h2 className="compare-dataset">{views[0]?.datasetTitle}</h2>}
      <Differences groups={groups} reference={reference} />
      <CompareCurves groups={groups} />
      <CompareTable
        groups={groups}
        reference={reference}
        onPin={(key) => set({ pinned: groups.find((group) => group.key === key)?.runs[0].id ?? null })}
      />
      <DeLongTest groups={groups} reference={reference} />
    </>
  );
}

/** All runs; the chosen ones side by side, dataset by dataset. */
export function ComparePage() {
  const views = useChosenViews();
  const datasets = useMemo(
    () =>
      [...new Set(views.map(({ setup }) => setup.dataset))].map(
        (dataset) => [dataset, views.filter(({ setup }) => setup.dataset === dataset)] as const,
      ),
    [views],
  );
  return (
    <div className="compare">
      <RunChooser />
      <div className="compare-main">
        <QueuePanel results={(runs) => <OpenResults runs={runs} />} />
        <AblationShelf />
        {views.length === 0 ? (
          <div className="empty">
            <p>Choose runs at the left: their curves, metrics and settings appear here side by side.</p>
            <p className="muted">
              Runs of one set-up with several seeds become one column with mean and spread.
            </p>
          </div>
        ) : (
          <>
            {datasets.map(([dataset, own]) => (
              <OneDataset key={dataset} views={own} named={datasets.length > 1} />
            ))}
            <AblatePanel views={views} />
          </>
        )}
      </div>
    </div>
  );
}
