/** What a person should know of how safely the browser keeps things, and what is done when it loses them. */
import { create } from 'zustand';
import type { WorkerClient } from '../../workers/client';
import { report, useNotices } from './notices';
import { offerUndo, useRuns } from './runs';

/** Whether the browser promised not to clear what is kept when room gets short; null: not asked yet, or it cannot say. */
export const usePersistence = create<{ readonly promised: boolean | null }>(() => ({ promised: null }));

const CLEARED =
  'What this page had kept in the browser is gone: its storage was cleared. What is still open here is kept again.';

/** @param storage of the browser; null where the page is not served securely */
export function followStorageHealth(
  { runs, values }: Pick<WorkerClient, 'runs' | 'values'>,
  storage: Pick<StorageManager, 'persist' | 'persisted'> | null = 'storage' in navigator
    ? navigator.storage
    : null,
): void {
  values.onCleared(() => useNotices.getState().tell('error', CLEARED));
  // Deleted just before the page closed: the way back is still offered.
  runs.removed().then(
    (removed) => removed.forEach((run) => offerUndo(runs, run)),
    () => undefined, // told where the list of runs is read
  );
  if (!storage) return;
  const ask = async (): Promise<void> => {
    const promised = (await storage.persisted()) || (await storage.persist());
    usePersistence.setState({ promised });
  };
  // At the first kept run, when there is something to lose.
  let asked = false;
  const look = (): void => {
    if (asked || (useRuns.getState().list?.length ?? 0) === 0) return;
    asked = true;
    ask().catch(report);
  };
  useRuns.subscribe(look);
  look();
}
