import type { ReactNode } from 'react';
import type { RunSummary } from '../../workers/protocol';
import { useRunActions } from '../store/runActions';
import { report } from '../store/notices';
import { deleteRun } from '../store/runs';
import { TakeAlong } from './TakeAlong';

/** One small button of a run's row: what it does, to which run, and its sign. */
export function RunTool({
  run,
  does,
  title,
  onClick,
  children,
}: {
  readonly run: RunSummary;
  /** With `…` in the place of the run's name, e.g. `Rename …`. */
  readonly does: string;
  readonly title: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      className="tool"
      aria-label={does.replace('…', run.name)}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** What can be done with a kept run wherever it is listed: a page's own tools, rename, take it along, delete with undo. */
export function RunTools({
  run,
  onRename,
  children,
}: {
  readonly run: RunSummary;
  readonly onRename: () => void;
  readonly children?: ReactNode;
}) {
  const { client } = useRunActions();
  return (
    <span className="run-tools">
      {children}
      <RunTool run={run} does="Rename …" title="Rename" onClick={onRename}>
        ✎
      </RunTool>
      <TakeAlong run={run} />
      <RunTool
        run={run}
        does="Delete …"
        title="Delete"
        onClick={() => void deleteRun(client.runs, run).catch(report)}
      >
        ×
      </RunTool>
    </span>
  );
}
