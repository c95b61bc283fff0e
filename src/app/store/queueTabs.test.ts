import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { RunSetup } from '../../training/runRecord';
import type { Queue, QueueEdit, QueueItem } from './queueEdits';
import type { QueueStorage } from './queueStorage';
import { emptyQueue, nextItem } from './queueEdits';
import { QueueTabs } from './queueTabs';
import type { QueueMessage, QueueProgress, QueueRole, Surroundings } from './queueTabs';

/** Web locks of one origin: one holder, the others in line; a closed tab neither holds nor waits. */
class Locks {
  private holder: { tab: number; free: () => void } | null = null;
  private readonly line: { tab: number; enter: () => void }[] = [];
  grants = 0;

  of(tab: number): NonNullable<Surroundings['locks']> {
    const enter = async <T>(act: (lock: Lock | null) => T | PromiseLike<T>): Promise<T> => {
      expect(this.holder, 'two tabs hold the lock').toBeNull();
      this.grants++;
      const closed = new Promise<never>((_, reject) => {
        this.holder = { tab, free: () => reject(new Error('closed')) };
      });
      closed.catch(() => undefined);
      try {
        return await Promise.race([act({ name: 'queue', mode: 'exclusive' }), closed]);
      } finally {
        this.holder = null;
        this.line.shift()?.enter();
      }
    };
    const request = <T>(
      _name: string,
      second: LockOptions | ((lock: Lock | null) => T | PromiseLike<T>),
      third?: (lock: Lock | null) => T | PromiseLike<T>,
    ): Promise<T> => {
      const act = typeof second === 'function' ? second : third!;
      if (!this.holder && this.line.length === 0) return enter(act);
      if (typeof second !== 'function' && second.ifAvailable) return Promise.resolve(act(null));
      return new Promise<T>((resolve, reject) =>
        this.line.push({ tab, enter: () => void enter(act).then(resolve, reject) }),
      );
    };
    return { request: request };
  }

  close(tab: number): void {
    const at = this.line.findIndex((one) => one.tab === tab);
    if (at >= 0) this.line.splice(at, 1);
    if (this.holder?.tab === tab) this.holder.free();
  }
}

interface Tab {
  readonly number: number;
  readonly tabs: QueueTabs;
  readonly queue: () => Queue;
  readonly set: (queue: Partial<Queue>) => void;
  role: QueueRole;
  progress: QueueProgress | null;
}

/** Tabs of one browser: a channel that comes late, one storage, one lock. */
class Browser {
  readonly locks = new Locks();
  kept: string | null = null;
  beside: string | null = null;
  readonly edits = new Map<string, QueueEdit>();
  private readonly channels = new Map<number, { onmessage: Surroundings['channel']['onmessage'] }>();
  private readonly closed = new Set<number>();
  private opened = 0;

  open(): Tab {
    const number = this.opened++;
    const store = createStore<Queue>(() => emptyQueue);
    const channel: Surroundings['channel'] = {
      onmessage: null,
      postMessage: (message: QueueMessage) => {
        if (this.closed.has(number)) return;
        const data: unknown = structuredClone(message);
        setTimeout(() => {
          for (const [other, { onmessage }] of this.channels)
            if (other !== number && !this.closed.has(other))
              onmessage?.call(channel as BroadcastChannel, { data } as MessageEvent);
        }, 5);
      },
    };
    this.channels.set(number, channel);
    const tab: Tab = {
      number,
      role: 'asks',
      progress: null,
      queue: store.getState,
      set: (queue) => store.setState(queue),
      tabs: new QueueTabs(store, {
        locks: this.locks.of(number),
        channel,
        storage: this.storageOf(number),
        tell: ({ role, progress }) => Object.assign(tab, { role, progress }),
      }),
    };
    void tab.tabs.start();
    return tab;
  }

  /** What all tabs keep things in; a closed one writes no more. */
  private storageOf(number: number): QueueStorage {
    const late = () => new Promise((resolve) => setTimeout(resolve, 3));
    return {
      read: async () => {
        await late();
        return { text: this.kept, edits: new Map(this.edits) };
      },
      write: async (text, taken, beside) => {
        await late();
        if (this.closed.has(number)) return;
        this.kept = text;
        this.beside = beside?.change(this.beside) ?? this.beside;
        for (const id of taken) this.edits.delete(id);
      },
      keepEdit: async (id, edit, beside) => {
        await late();
        if (this.closed.has(number)) return;
        this.edits.set(id, edit);
        this.beside = beside?.change(this.beside) ?? this.beside;
      },
    };
  }

  close(tab: Tab): void {
    this.closed.add(tab.number);
    this.locks.close(tab.number);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 120));
const item = (id: string): QueueItem => ({
  id,
  name: id,
  setup: { model: 'mmoe' } as unknown as RunSetup,
  batch: 'b',
  state: 'waiting',
  run: null,
  took: null,
  failure: null,
});
const running = (queue: Queue, id: string): Partial<Queue> => ({
  items: queue.items.map((one) => (one.id === id ? { ...one, state: 'running', run: `run ${id}` } : one)),
});
const names = (tab: Tab) => tab.queue().items.map(({ id }) => id);

describe('tabs of one queue', () => {
  it('one holds it, the others watch, and all show the same', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const second = browser.open();
    await settled();
    expect([first.role, second.role]).toEqual(['holds', 'watches']);
    await first.tabs.edit({ kind: 'add', items: [item('a'), item('b')] });
    first.set(running(first.queue(), 'a'));
    first.tabs.tellProgress({ item: 'a', step: 3, steps: 9 });
    await settled();
    expect(second.queue().items).toEqual(first.queue().items);
    expect(second.queue().items[0]!.state).toBe('running');
    expect(second.progress).toEqual({ item: 'a', step: 3, steps: 9 });
    const third = browser.open();
    await settled();
    expect(third.queue().items).toEqual(first.queue().items);
    expect([first.role, second.role, third.role]).toEqual(['holds', 'watches', 'watches']);
  });

  it('what a watching tab asks is done by the one that trains, once', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const second = browser.open();
    await settled();
    await first.tabs.edit({ kind: 'add', items: [item('a')] });
    first.set(running(first.queue(), 'a'));
    await settled();
    await second.tabs.edit({ kind: 'add', items: [item('b'), item('c')] });
    expect(names(second), 'shown once it is kept, heard or not').toEqual(['a', 'b', 'c']);
    expect([...browser.edits.values()].map(({ kind }) => kind)).toEqual(['add']);
    await settled();
    expect(browser.edits.size, 'the queue holds it now').toBe(0);
    expect(names(first)).toEqual(['a', 'b', 'c']);
    expect(names(second)).toEqual(['a', 'b', 'c']);
    expect(first.role).toBe('holds');
    await second.tabs.edit({ kind: 'pause', paused: true });
    await settled();
    expect(first.queue().paused).toBe(true);
    let cancelled = 0;
    first.tabs.onCancelled(() => cancelled++);
    second.tabs.onCancelled(() => expect.fail('the watching tab trains nothing that could be cancelled'));
    await second.tabs.edit({ kind: 'clear', stop: true });
    await settled();
    expect(cancelled).toBe(1);
    expect(names(first)).toEqual([]);
    expect(names(second)).toEqual([]);
  });

  it('when the tab that trains closes, one of the others goes on with the same run', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const others = [browser.open(), browser.open()];
    await settled();
    await first.tabs.edit({ kind: 'add', items: [item('a'), item('b')] });
    first.set(running(first.queue(), 'a'));
    await settled();
    browser.close(first);
    await settled();
    expect(others.map(({ role }) => role).sort()).toEqual(['holds', 'watches']);
    for (const tab of others) {
      const next = nextItem(tab.queue());
      expect(next?.id).toBe('a');
      expect(next?.run).toBe('run a');
    }
  });

  it('what was asked of a tab that closed before it heard is asked again of the next', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const second = browser.open();
    const third = browser.open();
    await settled();
    await first.tabs.edit({ kind: 'add', items: [item('a')] });
    first.set(running(first.queue(), 'a'));
    await settled();
    await third.tabs.edit({ kind: 'add', items: [item('b')] });
    await second.tabs.edit({ kind: 'add', items: [item('c')] });
    browser.close(first);
    await settled();
    await settled();
    expect(names(second).sort()).toEqual(['a', 'b', 'c']);
    expect(names(third).sort()).toEqual(['a', 'b', 'c']);
    const kept = JSON.parse(browser.kept!) as Queue;
    expect(kept.items.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  });

  it('an idle holder passes the queue on to the tab in which runs are asked for', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const second = browser.open();
    await settled();
    await second.tabs.edit({ kind: 'add', items: [item('a')] });
    await settled();
    expect([first.role, second.role]).toEqual(['watches', 'holds']);
    expect(names(first)).toEqual(['a']);
    browser.close(second);
    await settled();
    expect(first.role).toBe('holds');
    expect(names(first)).toEqual(['a']);
  });

  it('a reloaded tab alone finds its queue, with what ran waiting again', async () => {
    const browser = new Browser();
    const before = browser.open();
    await settled();
    await before.tabs.edit({ kind: 'add', items: [item('a'), item('b')] });
    before.set(running(before.queue(), 'a'));
    await before.tabs.kept();
    browser.close(before);
    const after = browser.open();
    await settled();
    expect(after.role).toBe('holds');
    expect(after.queue().items.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(after.queue().items[0]!.run).toBe('run a');
  });

  it('shows work as accepted only once it is kept, with what belongs to it', async () => {
    const browser = new Browser();
    const tab = browser.open();
    await settled();
    const beside = { key: 'table', change: (now: string | null) => `${now ?? ''}+` };
    const accepted = tab.tabs.edit({ kind: 'add', items: [item('a')] }, beside);
    expect(names(tab)).toEqual([]);
    expect(browser.kept).not.toContain('"id":"a"');
    const shown = new Promise<void>((resolve) => {
      const look = () => (names(tab).length > 0 ? resolve() : setTimeout(look));
      look();
    });
    await shown;
    expect(browser.kept).toContain('"id":"a"');
    expect(browser.beside).toBe('+');
    await accepted;
  });

  it('what a tab accepted that died before anyone heard is found when the page opens again', async () => {
    const browser = new Browser();
    const first = browser.open();
    await settled();
    const second = browser.open();
    await settled();
    await first.tabs.edit({ kind: 'add', items: [item('a')] });
    first.set(running(first.queue(), 'a'));
    await settled();
    browser.close(first); // the whole browser is killed: neither says a last word
    await second.tabs.edit({ kind: 'add', items: [item('b')] });
    browser.close(second);
    const after = browser.open();
    await settled();
    expect(names(after).sort()).toEqual(['a', 'b']);
  });

  it('without locks a tab holds its own queue', async () => {
    const store = createStore<Queue>(() => emptyQueue);
    let role: QueueRole = 'asks';
    const tabs = new QueueTabs(store, {
      locks: null,
      channel: { onmessage: null, postMessage: () => undefined },
      storage: {
        read: async () => ({ text: '{"items":[],"paused":true}', edits: new Map() }),
        write: async () => undefined,
        keepEdit: async () => undefined,
      },
      tell: (state) => (role = state.role),
    });
    await tabs.start();
    await vi.waitFor(() => expect(role).toBe('holds'));
    expect(store.getState().paused).toBe(true);
  });
});
