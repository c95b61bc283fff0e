import type { RunSummary } from '../../../workers/protocol';
import { formatAuc } from '../../format';
import { useCurrentRun } from '../../store/runActions';
import { shownStatus } from '../../runs/shownStatus';
import { RunTools } from '../../runs/RunTools';
import { useRename } from '../../runs/useRename';
import { usePersistence } from '../../store/storageHealth';
import { useSetup } from '../../store/setup';
import { useRuns } from '../../store/runs';

/** Kept runs: open, rename, delete with undo. */
export function RunList() {
  const list = useRuns((state) => state.list);
  const shown = useSetup((state) => state.shownRun);
  const { id: currentId } = useCurrentRun();
  return (
    <section className="runs" aria-labelledby="runs-title">
      <h2 id="runs-title" className="runs-title">
        Runs {list && list.length > 0 && <span className="muted">{list.length}</span>}
      </h2>
      {list && list.length === 0 && <p className="picker-note">Runs are kept here and survive a reload.</p>}
      {list && list.length > 0 && <Persistence />}
      <ul data-testid="run-list" className="run-list" aria-label="Kept runs">
        {list?.map((run) => (
          <RunRow
            key={run.id}
            run={run}
            current={shown === run.id || (shown === null && currentId === run.id)}
          />
        ))}
      </ul>
    </section>
  );
}

/** The browser's answer to whether it may clear what is kept. */
function Persistence() {
  const promised = usePersistence((state) => state.promised);
  if (promised === null) return null;
  return (
    <p className="picker-note" data-testid="persistence" data-promised={promised}>
      {promised
        ? 'Kept in this browser until you delete them.'
        : 'Kept in this browser, which may clear them if the disk is nearly full; export what matters.'}
    </p>
  );
}

function RunRow({ run, current }: { readonly run: RunSummary; readonly current: boolean }) {
  const live = useCurrentRun();
  const { id: currentId } = live;
  const status = shownStatus(run, live);
  const set = useSetup((state) => state.set);
  const rename = useRename(run);
  const auc = run.domainNoiseFreeAuc ?? run.domainAuc;
  return (
    <li
      data-run={run.id}
      data-status={status}
      data-step={run.step}
      className={current ? 'current' : undefined}
    >
      {rename.field || (
        <button
          type="button"
          className="run-open"
          aria-current={current ? 'true' : undefined}
          onClick={() => set({ shownRun: currentId === run.id ? null : run.id })}
          onDoubleClick={rename.begin}
          onKeyDown={(event) => {
            if (event.key === 'F2') rename.begin();
          }}
          title={`${run.name}, ${status}, kept at step ${run.step}`}
        >
          <span className="run-name">{run.name}</span>
          <span className="run-auc">{auc === null ? status : formatAuc(auc)}</span>
        </button>
      )}
      <RunTools run={run} onRename={rename.begin} />
    </li>
  );
}
