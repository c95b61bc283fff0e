/**
 * Trains what waits in the queue, one run after the other, as the current run of the page. Only in the tab that
 * holds the queue.
 */
import { parseSetup } from '../../training/parseSetup';
import { isUnderWay, newRunId } from '../../workers/protocol';
import { sentence } from './notices';
import { useRuns } from './runs';
import {
  holdsQueue,
  onQueueCancelled,
  patchItem,
  pauseQueue,
  tellProgress,
  useQueue,
  useQueueTab,
} from './queue';
import { nextItem } from './queueEdits';
import type { QueueItem } from './queueEdits';
import type { RunActions } from './runActions';

/** Other tabs hear of the run under way this often. */
const PROGRESS_MS = 500;

export function startQueueRunner(actions: RunActions): () => void {
  let current: { readonly item: QueueItem; readonly began: number; started: boolean } | null = null;
  let told = Number.NEGATIVE_INFINITY;

  /** What a person began while the queue read what is kept of an item goes before it. */
  const mayBegin = ({ id }: QueueItem): boolean => {
    const { items, paused } = useQueue.getState();
    return !paused && !isUnderWay(actions.current.state) && items.some((one) => one.id === id);
  };

  async function begin(item: QueueItem): Promise<void> {
    const mine = { item, began: performance.now(), started: false };
    current = mine;
    const run = item.run ?? newRunId();
    // Kept before the run begins: after a crash the item goes on with its run, and does not train it twice.
    await patchItem(item.id, { state: 'running', run });
    const before = item.run === null ? null : await actions.client.runs.get(item.run).catch(() => null);
    if (before && (before.status === 'done' || before.status === 'stopped')) {
      // It had finished when the page closed; only the queue did not know.
      current = null;
      void patchItem(item.id, { state: 'done' });
      look();
      return;
    }
    const giveWay = (): void => {
      current = null;
      void patchItem(item.id, { state: 'waiting', run: item.run });
    };
    if (!mayBegin(item)) {
      giveWay();
      return;
    }
    try {
      if (before) {
        const begun = await actions.continueRun(before, { fromQueue: true });
        if (!begun) {
          giveWay();
          return;
        }
      } else await actions.train(parseSetup(item.setup), { name: item.name, fromQueue: true, run });
    } catch (error) {
      // Kept by another version of the lab: it cannot be trained as it is.
      current = null;
      void patchItem(item.id, { state: 'failed', failure: sentence(error) });
      look();
      return;
    }
    mine.started = true;
    look();
  }

  function look(): void {
    if (!holdsQueue()) return;
    const { state, id } = actions.current;
    if (current) {
      const { item, began, started } = current;
      // A run that a person began in between takes the queue's place, and a reset takes its run: the item waits again.
      const mine = useQueue.getState().items.find((one) => one.id === item.id);
      if (!mine) {
        current = null;
        return;
      }
      if (!started) return; // what the page trained before may still be on show
      const replaced = id !== null && id !== mine.run && state !== 'compiling';
      const reset = state === 'ready';
      if (replaced || reset) {
        current = null;
        // First the pause: an item that waits would be begun again at once.
        pauseQueue(true);
        void patchItem(item.id, { state: 'waiting', run: null });
      } else if (state === 'done' || state === 'failed') {
        current = null;
        void patchItem(item.id, {
          state,
          took: performance.now() - began,
          failure: state === 'failed' ? actions.current.view().failure : null,
        });
      } else {
        if (performance.now() - told < PROGRESS_MS) return;
        told = performance.now();
        const { step, steps } = actions.current.view();
        tellProgress({ item: item.id, step, steps });
        return;
      }
    }
    const next = isUnderWay(state) ? null : nextItem(useQueue.getState());
    if (next) void begin(next);
  }

  const stopLive = actions.current.subscribe(look);
  const stopQueue = useQueue.subscribe(look);
  const stopRuns = useRuns.subscribe(look);
  const stopRole = useQueueTab.subscribe(look);
  const stopCancel = onQueueCancelled(() => void actions.stop());
  look();
  return () => {
    stopLive();
    stopQueue();
    stopRuns();
    stopRole();
    stopCancel();
  };
}
