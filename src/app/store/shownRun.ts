import { useEffect } from 'react';
import { useRunActions, useCurrentRun } from './runActions';
import type { RunView } from './runView';
import { useSetup } from './setup';
import { report } from './notices';
import { openRun, useRuns } from './runs';

/** A kept run's view once it is read; null until then, and where there is no such run. */
export function useKeptRun(id: string | null): RunView | null {
  const { client } = useRunActions();
  const view = useRuns((state) => (id === null ? null : (state.views.get(id) ?? null)));
  const known = useRuns((state) => state.list?.some((run) => run.id === id) ?? false);
  useEffect(() => {
    if (id !== null && known && !view) void openRun(client.runs, id).catch(report);
  }, [client, id, known, view]);
  return view;
}

/** The run that the lab shows: a kept one that was chosen, else the current one. */
export function useShownRun(): RunView {
  const current = useCurrentRun();
  const id = useSetup((state) => state.shownRun);
  const kept = useKeptRun(id);
  return id !== null && kept ? kept : current;
}
