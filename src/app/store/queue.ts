/**
 * Runs that wait their turn: ablations and sweeps. Kept in the browser, so that a reload goes on where it was, and shared
 * by the tabs of the page: one of them trains it (`queueTabs.ts`), all show it.
 */
import { create } from 'zustand';
import type { ParsedSetup } from '../../training/parseSetup';
import { edited, emptyQueue } from './queueEdits';
import type { Queue, QueueEdit, QueueItem } from './queueEdits';
import { queueStorage } from './queueStorage';
import type { Beside } from './queueStorage';
import { report } from './notices';
import type { KeyValueStore } from '../../workers/protocol';
import { QueueTabs } from './queueTabs';
import type { QueueProgress, QueueRole } from './queueTabs';

const CHANNEL = 'scenarium-queue';

export const useQueue = create<Queue>(() => emptyQueue);

/** Whether this tab trains the queue, and how far the run is that another tab trains. */
export const useQueueTab = create<{ readonly role: QueueRole; readonly progress: QueueProgress | null }>(
  () => ({ role: 'asks', progress: null }),
);

let tabs: QueueTabs | null = null;

/** Reads the kept queue, shares it with the other tabs and keeps every change from now on. Called once. */
export async function followQueue(kept: KeyValueStore): Promise<void> {
  let told = false;
  const given = new QueueTabs(useQueue, {
    // Absent where the page is not served securely: then each tab is alone, as nothing can tell it otherwise.
    locks: 'locks' in navigator ? navigator.locks : null,
    channel: new BroadcastChannel(CHANNEL),
    storage: queueStorage(kept, (error) => {
      if (!told) report(error);
      told = true;
    }),
    tell: (state) => useQueueTab.setState(state),
  });
  tabs = given;
  kept.onCleared(() => void given.keepAgain());
  await given.start();
}

async function edit(change: QueueEdit, beside?: Beside): Promise<void> {
  if (tabs) await tabs.edit(change, beside);
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

/**
 * Puts set-ups at the end of the queue, where they show once they are kept.
 *
 * @param beside what is kept with them or not at all
 */
export async function enqueue(
  runs: readonly { readonly name: string; readonly setup: ParsedSetup }[],
  batch: string,
  beside?: Beside,
): Promise<void> {
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
  await edit({ kind: 'add', items }, beside);
}

/** What became of an item; said by the tab that trains it. Shows at once; resolves once it is kept. */
export async function patchItem(id: string, patch: Partial<QueueItem>): Promise<void> {
  useQueue.setState(({ items }) => ({
    items: items.map((item) => (item.id === id ? { ...item, ...patch } : item)),
  }));
  await tabs?.kept();
}

export function pauseQueue(paused: boolean): void {
  void edit({ kind: 'pause', paused });
}

/**
 * Drops what waits; what is done stays with its runs.
 *
 * @param stop true: the run under way ends too, in whichever tab it trains; else it ends by itself
 */
export function clearQueue({ stop = false } = {}): void {
  void edit({ kind: 'clear', stop });
}

/** Drops some items; the others go on. A run of them that is under way ends by itself. */
export function dropItems(ids: readonly string[]): void {
  void edit({ kind: 'drop', ids });
}
