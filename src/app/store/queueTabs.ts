/**
 * One queue for all tabs of the page. The tab that holds the lock trains the queue, keeps it and tells the others of every
 * change; the others show what they are told and send it what a person asks. When it closes, the next in line takes over.
 *
 * What a person asks for is kept before it is shown as accepted: by the tab that holds the queue in the queue itself, by
 * the others as an edit that whoever holds the queue takes in.
 */
import { edited, parsedQueue, resting } from './queueEdits';
import type { Queue, QueueEdit } from './queueEdits';
import type { Beside, QueueStorage } from './queueStorage';

/** `asks`: not yet known; `holds`: this tab trains the queue; `watches`: another tab does. */
export type QueueRole = 'asks' | 'holds' | 'watches';

/** Where the run under way is. */
export interface QueueProgress {
  readonly item: string;
  readonly step: number;
  readonly steps: number;
}

export type QueueMessage =
  /** Of a tab that has just opened: what is the queue? */
  | { readonly kind: 'hello' }
  | { readonly kind: 'edit'; readonly id: string; readonly edit: QueueEdit }
  | {
      readonly kind: 'state';
      readonly queue: Queue;
      readonly revision: number;
      /** Edits of other tabs that this state holds. */
      readonly heard: readonly string[];
      /** The first of a tab that has taken over: what its predecessor did not hear must be said again. */
      readonly first: boolean;
    }
  | { readonly kind: 'progress'; readonly progress: QueueProgress };

/** Store of the queue of one tab. */
export interface QueueStore {
  getState(): Queue;
  setState(queue: Queue): void;
  subscribe(listener: () => void): () => void;
}

export interface Surroundings {
  /** Null: the tab is alone. */
  readonly locks: Pick<LockManager, 'request'> | null;
  readonly channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;
  readonly storage: QueueStorage;
  readonly tell: (state: { readonly role: QueueRole; readonly progress: QueueProgress | null }) => void;
}

const QUEUE_LOCK = 'scenarium-queue';
/** A lock may come before the last message of who held it. */
const LAST_WORDS_MS = 50;
/** Edits remembered as heard; more than a person makes between two messages. */
const HEARD = 100;

const trains = ({ items }: Queue): boolean => items.some((item) => item.state === 'running');

export class QueueTabs {
  private role: QueueRole = 'asks';
  private revision = 0;
  private progress: QueueProgress | null = null;
  private release: (() => void) | null = null;
  private heard: string[] = [];
  /** Kept edits that the queue holds by now. */
  private taken: string[] = [];
  /** The last writing of the queue; one follows the other. */
  private writing: Promise<void> = Promise.resolve();
  /** Edits made here that the tab that holds the queue has not confirmed. */
  private readonly pending = new Map<string, QueueEdit>();
  private readonly cancelled = new Set<() => void>();

  constructor(
    private readonly store: QueueStore,
    private readonly around: Surroundings,
  ) {}

  async start(): Promise<void> {
    const { text } = await this.around.storage.read();
    const { queue, revision } = parsedQueue(text);
    this.revision = revision;
    this.store.setState(queue);
    this.around.channel.onmessage = ({ data }: MessageEvent<QueueMessage>) => this.hear(data);
    this.store.subscribe(() => {
      if (this.role === 'holds') void this.keep();
    });
    void this.ask();
  }

  /**
   * Asks something of the queue. Work shows as accepted once it is kept; where another tab holds the queue that one is told,
   * again if need be, until it confirms.
   *
   * @param beside what must be kept with it or not at all
   */
  async edit(edit: QueueEdit, beside?: Beside): Promise<void> {
    if (this.role === 'holds') {
      if (edit.kind === 'add') await this.keep({ queue: edited(this.store.getState(), edit), beside });
      this.apply(edit);
      await this.writing;
      return;
    }
    const id = crypto.randomUUID();
    await this.around.storage.keepEdit(id, edit, beside);
    this.pending.set(id, edit);
    this.store.setState(edited(this.store.getState(), edit));
    this.post({ kind: 'edit', id, edit });
  }

  /** Resolves once what the queue is now is kept. */
  kept(): Promise<void> {
    return this.writing;
  }

  /** Keeps the queue anew, where what was kept has gone. */
  async keepAgain(): Promise<void> {
    if (this.role === 'holds') await this.keep();
  }

  tellProgress(progress: QueueProgress): void {
    if (this.role === 'holds') this.post({ kind: 'progress', progress });
  }

  onCancelled(listener: () => void): () => void {
    this.cancelled.add(listener);
    return () => this.cancelled.delete(listener);
  }

  private async ask(): Promise<void> {
    const { locks } = this.around;
    if (!locks) {
      await this.holdQueue();
      return;
    }
    try {
      const free = await locks.request(QUEUE_LOCK, { ifAvailable: true }, (lock) =>
        lock ? this.hold().then(() => true) : false,
      );
      if (!free) this.watch();
      // Held and passed on, or another's: in either case in line, for as long as the page lives.
      for (;;)
        await locks.request(QUEUE_LOCK, async () => {
          await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
          await this.hold();
        });
    } catch {
      await this.holdQueue(); // locks are refused to pages of no origin, which have no other tabs either
    }
  }

  /** Until the queue is passed on; else the lock ends with the page. */
  private async hold(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.release = resolve));
    await this.holdQueue();
    await ended;
  }

  private async holdQueue(): Promise<void> {
    const { text, edits } = await this.around.storage.read();
    const kept = parsedQueue(text);
    const newer = kept.revision > this.revision;
    let queue = resting(newer ? kept.queue : this.store.getState());
    for (const edit of new Map([...edits, ...this.pending]).values()) queue = edited(queue, edit);
    this.taken.push(...edits.keys(), ...this.pending.keys());
    this.pending.clear();
    this.revision = Math.max(kept.revision, this.revision);
    // Set before it is shown: whoever sees that this tab holds the queue may begin to train.
    this.store.setState(queue);
    this.become('holds');
    await this.keep({ first: true });
  }

  private watch(): void {
    this.become('watches');
    this.post({ kind: 'hello' });
  }

  private become(role: QueueRole): void {
    this.role = role;
    this.progress = null;
    this.around.tell({ role, progress: null });
  }

  private hear(message: QueueMessage): void {
    switch (message.kind) {
      case 'hello':
        if (this.role === 'holds') this.say(this.store.getState(), this.revision, false);
        return;
      case 'edit':
        if (this.role === 'holds') void this.serve(message.id, message.edit);
        return;
      case 'state': {
        if (this.role === 'holds') return; // the last words of who held it before
        for (const id of message.heard) this.pending.delete(id);
        this.revision = message.revision;
        let { queue } = message;
        for (const [id, edit] of this.pending) {
          queue = edited(queue, edit);
          if (message.first) this.post({ kind: 'edit', id, edit });
        }
        this.store.setState(queue);
        return;
      }
      case 'progress':
        if (this.role !== 'watches') return;
        this.progress = message.progress;
        this.around.tell({ role: this.role, progress: this.progress });
        return;
      default:
        message satisfies never;
    }
  }

  /** Another tab's edit. Work that is asked for there, while none goes on here, is better done there, before its eyes. */
  private async serve(id: string, edit: QueueEdit): Promise<void> {
    this.heard = [...this.heard, id].slice(-HEARD);
    this.taken.push(id);
    const asksForWork = edit.kind === 'add' || (edit.kind === 'pause' && !edit.paused);
    const before = this.store.getState();
    if (asksForWork && !trains(before) && this.release) {
      const { release } = this;
      this.release = null;
      this.become('watches');
      this.store.setState(edited(before, edit));
      // Whoever takes over reads what is kept.
      await this.keep();
      release();
      return;
    }
    const { revision } = this;
    this.apply(edit);
    if (this.revision === revision) await this.keep(); // nothing changed, but it must know that it was heard
  }

  private apply(edit: QueueEdit): void {
    const before = this.store.getState();
    this.store.setState(edited(before, edit));
    if (edit.kind === 'clear' && edit.stop && trains(before))
      for (const listener of [...this.cancelled]) listener();
  }

  /** Keeps the queue, or one that it is about to become, and tells of it once it is kept. */
  private keep({
    queue = this.store.getState(),
    beside,
    first = false,
  }: {
    readonly queue?: Queue;
    readonly beside?: Beside | undefined;
    readonly first?: boolean;
  } = {}): Promise<void> {
    const revision = ++this.revision;
    const text = JSON.stringify({ items: queue.items, paused: queue.paused, revision });
    const { taken } = this;
    this.taken = [];
    this.writing = this.writing.then(async () => {
      await this.around.storage.write(text, taken, beside);
      this.say(queue, revision, first);
    });
    return this.writing;
  }

  private say({ items, paused }: Queue, revision: number, first: boolean): void {
    this.post({ kind: 'state', queue: { items, paused }, revision, heard: this.heard, first });
  }

  private post(message: QueueMessage): void {
    this.around.channel.postMessage(message);
  }
}
