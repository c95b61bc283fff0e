/** The kept runs: a list of summaries that follows the store, and records read when they are needed. */
import { create } from 'zustand';
import type { RemovedRun, RunStore, RunSummary } from '../../workers/protocol';
import { viewOfRecord } from './runView';
import type { RunView } from './runView';
import { useSetup } from './setup';
import { NEWS_MS, report, useNotices } from './notices';
import { runIsUnderWay } from './runLock';

interface RunsState {
  /** Null until the store answered. */
  readonly list: readonly RunSummary[] | null;
  /** Views of records that were opened, by id. */
  readonly views: ReadonlyMap<string, RunView>;
}

export const useRuns = create<RunsState>(() => ({ list: null, views: new Map() }));

/** Records held open, beyond those chosen on the Compare page. */
const MAX_OPEN = 24;

/** Follows the store; called once. */
export function followRuns(store: RunStore): () => void {
  let asked = 0;
  const refresh = () => {
    const mine = ++asked;
    store.list().then(
      (list) => {
        if (mine !== asked) return;
        const views = new Map(useRuns.getState().views);
        for (const [id, view] of views) {
          const summary = list.find((run) => run.id === id);
          // A run that went on is read again when it is next opened; a new name shows at once.
          if (!summary || summary.step !== view.step || summary.status !== view.status) views.delete(id);
          else if (summary.name !== view.name) views.set(id, { ...view, name: summary.name });
        }
        useRuns.setState({ list, views });
      },
      (error: unknown) => {
        useRuns.setState({ list: useRuns.getState().list ?? [] });
        report(error);
      },
    );
  };
  refresh();
  return store.onChange(refresh);
}

/** Reads a record unless it is open already. */
export async function openRun(store: RunStore, id: string): Promise<RunView | null> {
  const known = useRuns.getState().views.get(id);
  if (known) return known;
  const record = await store.get(id);
  if (!record) return null;
  const view = viewOfRecord(record);
  const views = new Map(useRuns.getState().views);
  views.set(id, view);
  // What is on show stays: were it dropped, it would be read again at once, and the next one dropped for it.
  const { chosen } = useSetup.getState();
  let spare = views.size - MAX_OPEN;
  for (const old of [...views.keys()]) {
    if (spare <= 0) break;
    if (old === id || chosen.includes(old)) continue;
    views.delete(old);
    spare--;
  }
  useRuns.setState({ views });
  return view;
}

/**
 * Deletes a run and offers to take it back.
 *
 * @throws Error while a tab has it under way: it would be kept again at its next pause
 */
export async function deleteRun(store: RunStore, summary: RunSummary): Promise<void> {
  if (await runIsUnderWay(summary.id))
    throw new Error(`“${summary.name}” is under way, here or in another tab; stop it before you delete it.`);
  const removed = await store.remove(summary.id);
  if (removed) offerUndo(store, removed);
}

/** Offers to take a deletion back, for as long as its notice stands. */
export function offerUndo(store: RunStore, removed: RemovedRun): void {
  const { id, name } = removed.record;
  useNotices.getState().tell('news', `Deleted “${name}”.`, {
    label: 'Undo',
    act: () => void store.restore(removed).catch(report),
  });
  // Gone for good once nobody can ask for it; a page that closes before offers it again when it opens.
  setTimeout(() => void store.forget(id).catch(() => undefined), NEWS_MS + 1000);
}
