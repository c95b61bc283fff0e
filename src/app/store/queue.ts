/**
 * Runs that wait their turn: ablations and sweeps. Kept in the browser, so that a reload goes on where it was, and shared
 * by the tabs of the page: one of them trains it (`queueTabs.ts`), all show it.
 */
import { create } from 'zustand';
import type { ParsedSetup } from '../../training/parseSetup';
import { edited, emptyQueue } from './queueEdits';
import type { Queue, QueueEdit, QueueItem } from './queueEdits';
import { QueueTabs } from './queueTabs';
import type { QueueProgress, QueueRole } from './queueTabs';

const KEY = 'scenarium-queue';

export const useQueue = create<Queue>(() => emptyQueue);

/** Whether this tab trains the queue, and how far the run is that another tab trains. */
export const useQueueTab = create<{ readonly role: QueueRole; readonly progress: QueueProgress | null }>(
  () => ({ role: 'asks', progress: null }),
);

let tabs: QueueTabs | null = null;

/** Reads the kept queue, shares it with the other tabs and keeps every change from now on. Called once. */
export function followQueue(): void {
  tabs = new QueueTabs(useQueue, {
    // Absent where the page is not served securely: then each tab is alone, as nothing can tell it otherwise.
    locks: 'locks' in navigator ? navigator.locks : null,
    channel: new BroadcastChannel(KEY),
    read: () => {
      try {
        return localStorage.getItem(KEY);
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        localStorage.setItem(KEY, text);
      } catch {
        // Storage refused: the queue lasts as long as the page.
      }
    },
    tell: (state) => useQueueTab.setState(state),
  });
  tabs.start();
}

function edit(change: QueueEdit): void {
  if (tabs) tabs.edit(change);
  else useQueue.setState(edited(useQueue.getState(), change));
}

/** True in the one tab that may train the queue. */
export const holdsQueue = (): boolean => useQueueTab.getState().role === 'holds';

/** Tells the other tabs how far the run under way is; of this tab only. */
export function tellProgress(progress: QueueProgress): void {
  tabs?.tellProgress(progress);
}

/** Called in the tab that trains when a person, in any tab, cancels the run under way. Returns the way to stop listening. */
export function onQueueCancelled(listener: () => void): () => void {
  if (!tabs) return () => undefined;
  return tabs.onCancelled(listener);
}

/** Puts set-ups at the end of the queue and returns their batch. */
export function enqueue(
  runs: readonly { readonly name: string; readonly setup: ParsedSetup }[],
  batch: string,
): string {
  const items = runs.map(({ name, setup }, k): QueueItem => ({
    id: `${batch}/${k}`,
    name,
    setup,
    batch,
    state: 'waiting',
    run: null,
    took: null,
    failure: null,
  }));
  edit({ kind: 'add', items });
  return batch;
}

/** What became of an item; said by the tab that trains it. */
export function patchItem(id: string, patch: Partial<QueueItem>): void {
  useQueue.setState(({ items }) => ({
    items: items.map((item) => (item.id === id ? { ...item, ...patch } : item)),
  }));
}

export function pauseQueue(paused: boolean): void {
  edit({ kind: 'pause', paused });
}

/**
 * Drops what waits; what is done stays with its runs.
 *
 * @param stop true: the run under way ends too, in whichever tab it trains; else it ends by itself
 */
export function clearQueue({ stop = false } = {}): void {
  edit({ kind: 'clear', stop });
}

/** Drops some items; the others go on. A run of them that is under way ends by itself. */
export function dropItems(ids: readonly string[]): void {
  edit({ kind: 'drop', ids });
}
