import { useState } from 'react';
import type { RunSummary } from '../../../workers/protocol';
import { formatAuc } from '../../format';
import { useLabActions, useLiveView } from '../../live/lab';
import { report } from '../../state/notices';
import { useLab } from '../../state/lab';
import { deleteRun, useRuns } from '../../state/runs';

const STATUS: Record<RunSummary['status'], string> = {
  running: 'running',
  paused: 'paused',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** Kept runs: open, rename, delete with undo. */
export function RunList() {
  const list = useRuns((state) => state.list);
  const shown = useLab((state) => state.shownRun);
  const live = useLiveView();
  return (
    <section className="runs" aria-labelledby="runs-title">
      <h2 id="runs-title" className="runs-title">
        Runs {list && list.length > 0 && <span className="muted">{list.length}</span>}
      </h2>
      {list && list.length === 0 && <p className="picker-note">Runs are kept here and survive a reload.</p>}
      <ul data-testid="run-list" className="run-list" aria-label="Kept runs">
        {list?.map((run) => (
          <RunRow
            key={run.id}
            run={run}
            current={shown === run.id || (shown === null && live.id === run.id)}
          />
        ))}
      </ul>
    </section>
  );
}

export function RunRow({ run, current }: { readonly run: RunSummary; readonly current: boolean }) {
  const { client } = useLabActions();
  const live = useLiveView();
  const set = useLab((state) => state.set);
  const [renaming, setRenaming] = useState<string | null>(null);
  const auc = run.domainNoiseFreeAuc ?? run.domainAuc;

  function rename(): void {
    if (renaming === null) return;
    const name = renaming.trim();
    setRenaming(null);
    if (name !== '' && name !== run.name) void client.runs.rename(run.id, name).catch(report);
  }

  return (
    <li data-run={run.id} data-status={run.status} className={current ? 'current' : undefined}>
      {renaming === null ? (
        <button
          type="button"
          className="run-open"
          aria-current={current ? 'true' : undefined}
          onClick={() => set({ shownRun: live.id === run.id ? null : run.id })}
          onDoubleClick={() => setRenaming(run.name)}
          onKeyDown={(event) => {
            if (event.key === 'F2') setRenaming(run.name);
          }}
          title={`${run.name}, ${STATUS[run.status]} at step ${run.step}`}
        >
          <span className="run-name">{run.name}</span>
          <span className="run-auc">{auc === null ? STATUS[run.status] : formatAuc(auc)}</span>
        </button>
      ) : (
        <input
          type="text"
          aria-label="New name"
          autoFocus
          value={renaming}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setRenaming(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => {
            if (event.key === 'Enter') rename();
            if (event.key === 'Escape') setRenaming(null);
          }}
        />
      )}
      <span className="run-tools">
        <button
          type="button"
          className="tool"
          aria-label={`Rename ${run.name}`}
          title="Rename"
          onClick={() => setRenaming(run.name)}
        >
          ✎
        </button>
        <button
          type="button"
          className="tool"
          aria-label={`Delete ${run.name}`}
          title="Delete"
          onClick={() => void deleteRun(client.runs, run).catch(report)}
        >
          ×
        </button>
      </span>
    </li>
  );
}
