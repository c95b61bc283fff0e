/** The queue as a value: its items, what a person may ask of it, what comes next. */
import { upgradeSetup } from '../../training/storedRecord';
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

/** What a person asks of the queue; the same in every tab, and harmless when it is heard twice. */
export type QueueEdit =
  | { readonly kind: 'add'; readonly items: readonly QueueItem[] }
  | { readonly kind: 'pause'; readonly paused: boolean }
  /** Drops what waits; `stop`: the run under way ends too. */
  | { readonly kind: 'clear'; readonly stop: boolean }
  /** Drops some items, e.g. one sweep of several; a run of them that is under way ends by itself. */
  | { readonly kind: 'drop'; readonly ids: readonly string[] };

export const emptyQueue: Queue = { items: [], paused: false };

/** The queue after an edit; the same object where nothing changes. */
export function edited(queue: Queue, edit: QueueEdit): Queue {
  switch (edit.kind) {
    case 'add': {
      const ends = ({ state }: QueueItem) => state === 'done' || state === 'failed';
      const open = new Set(queue.items.filter((item) => !ends(item)).map(({ id }) => id));
      const fresh = edit.items.filter(({ id }) => !open.has(id));
      if (fresh.length === 0) return queue;
      // What has ended may be asked for again.
      const others = queue.items.filter((item) => !fresh.some(({ id }) => id === item.id));
      return { items: [...others, ...fresh], paused: false };
    }
    case 'pause':
      return queue.paused === edit.paused ? queue : { ...queue, paused: edit.paused };
    case 'clear':
      return queue.items.length === 0 ? queue : emptyQueue;
    case 'drop': {
      const items = queue.items.filter(({ id }) => !edit.ids.includes(id));
      return items.length === queue.items.length ? queue : { ...queue, items };
    }
    default:
      return edit satisfies never;
  }
}

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

/** What was kept, and how many changes it had seen; empty where it cannot be read. */
export function parsedQueue(text: string | null): { readonly queue: Queue; readonly revision: number } {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (isQueue(value)) {
      const { revision } = value as { readonly revision?: unknown };
      return {
        queue: {
          items: value.items.map((item) => ({ ...item, setup: upgradeSetup(item.setup) })),
          paused: value.paused,
        },
        revision: typeof revision === 'number' ? revision : 0,
      };
    }
  } catch {
    // not ours, or cut short: nothing of the kept runs depends on it
  }
  return { queue: emptyQueue, revision: 0 };
}

/** The queue when nobody trains it: an item that ran when its tab closed waits again, keeping its run so that it can go on. */
export function resting(queue: Queue): Queue {
  if (!queue.items.some((item) => item.state === 'running')) return queue;
  return {
    ...queue,
    items: queue.items.map((item) => (item.state === 'running' ? { ...item, state: 'waiting' } : item)),
  };
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
