/** Runs that wait their turn: ablations and sweeps. Kept in the browser, so that a reload goes on where it was. */
import { create } from 'zustand';
import type { RunSetup } from '../../training/runRecord';

export interface QueueItem {
  readonly id: string;
  readonly name: string;
  readonly setup: RunSetup;
  /** What the item belongs to, e.g. one ablation; its results open together. */
  readonly batch: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Run that it became. */
  readonly run: string | null;
  /** Milliseconds that it took. */
  readonly took: number | null;
  readonly failure: string | null;
}

export interface Queue {
  readonly items: readonly QueueItem[];
  readonly paused: boolean;
}

const KEY = 'scenarium-queue';
const empty: Queue = { items: [], paused: false };

export const useQueue = create<Queue>(() => empty);

function isQueue(value: unknown): value is Queue {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as Queue).items) &&
    (value as Queue).items.every(
      (item: Partial<QueueItem>) => typeof item.id === 'string' && typeof item.setup === 'object',
    )
  );
}

/** What was kept; an item that ran when the page closed waits again, keeping its run so that it can go on. */
export function restored(text: string | null): Queue {
  if (text === null) return empty;
  try {
    const value: unknown = JSON.parse(text);
    if (!isQueue(value)) return empty;
    return {
      paused: value.paused,
      items: value.items.map((item) => (item.state === 'running' ? { ...item, state: 'waiting' } : item)),
    };
  } catch {
    return empty; // not ours, or cut short: nothing of the kept runs depends on it
  }
}

function keep(queue: Queue): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ items: queue.items, paused: queue.paused }));
  } catch {
    // Storage refused: the queue lasts as long as the page.
  }
}

function keptText(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Reads the kept queue and keeps every change from now on. */
export function followQueue(): void {
  useQueue.setState(restored(keptText()));
  useQueue.subscribe(keep);
}

/** Puts set-ups at the end of the queue and returns their batch. */
export function enqueue(
  runs: readonly { readonly name: string; readonly setup: RunSetup }[],
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
  useQueue.setState(({ items: before }) => ({ items: [...before, ...items], paused: false }));
  return batch;
}

export function patchItem(id: string, patch: Partial<QueueItem>): void {
  useQueue.setState(({ items }) => ({
    items: items.map((item) => (item.id === id ? { ...item, ...patch } : item)),
  }));
}

export function nextItem(queue: Queue): QueueItem | null {
  if (queue.paused || queue.items.some((item) => item.state === 'running')) return null;
  return queue.items.find((item) => item.state === 'waiting') ?? null;
}

/** Seconds that the rest takes at the pace of what is done; null before the first is done. */
export function queueSecondsLeft(queue: Queue): number | null {
  const took = queue.items.map((item) => item.took).filter((ms) => ms !== null);
  if (took.length === 0) return null;
  const mean = took.reduce((sum, ms) => sum + ms, 0) / took.length;
  return (
    (mean * queue.items.filter((item) => item.state === 'waiting' || item.state === 'running').length) / 1000
  );
}

/** Drops what waits; what is done stays with its runs. */
export function clearQueue(): void {
  useQueue.setState({ items: [], paused: false });
}
