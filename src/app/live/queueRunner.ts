/** Trains what waits in the queue, one run after the other, on the same live run that the lab shows. */
import { useRuns } from '../state/runs';
import { nextItem, patchItem, useQueue } from '../state/queue';
import type { QueueItem } from '../state/queue';
import type { Lab } from './lab';

export function startQueueRunner(lab: Lab): () => void {
  let current: { readonly item: QueueItem; readonly began: number } | null = null;

  async function begin(item: QueueItem): Promise<void> {
    current = { item, began: performance.now() };
    patchItem(item.id, { state: 'running' });
    const before = item.run === null ? null : await lab.client.runs.get(item.run).catch(() => null);
    if (before && (before.status === 'done' || before.status === 'stopped')) {
      // It had finished when the page closed; only the queue did not know.
      patchItem(item.id, { state: 'done' });
      current = null;
      look();
      return;
    }
    if (before) await lab.continueRun(before, { fromQueue: true });
    else await lab.train(item.setup, { name: item.name, fromQueue: true });
    patchItem(item.id, { run: lab.live.id });
  }

  function look(): void {
    const { state, id } = lab.live;
    if (current) {
      const { item, began } = current;
      // A run that a person began in between takes the queue's place; the item waits again.
      const mine = useQueue.getState().items.find((one) => one.id === item.id);
      if (!mine) {
        current = null;
        return;
      }
      const replaced = mine.run !== null && id !== null && id !== mine.run && state !== 'compiling';
      if (replaced) {
        current = null;
        patchItem(item.id, { state: 'waiting', run: null });
        useQueue.setState({ paused: true });
      } else if (state === 'done' || state === 'failed') {
        if (mine.run === null && state === 'done') return; // its id is still on the way
        current = null;
        patchItem(item.id, {
          state,
          took: performance.now() - began,
          failure: state === 'failed' ? lab.live.view().failure : null,
        });
      } else return;
    }
    const idle = state === 'ready' || state === 'done' || state === 'failed';
    const next = idle ? nextItem(useQueue.getState()) : null;
    if (next) void begin(next);
  }

  const stopLive = lab.live.subscribe(look);
  const stopQueue = useQueue.subscribe(look);
  const stopRuns = useRuns.subscribe(look);
  look();
  return () => {
    stopLive();
    stopQueue();
    stopRuns();
  };
}
