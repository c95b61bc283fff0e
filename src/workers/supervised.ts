/** One worker under supervision: started when first needed, every call settles, a dead one is replaced by the next call. */
import * as Comlink from 'comlink';

/** A worker, or anything in a test that behaves like one. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

/** Said to callers whose worker ended under them. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

export class Supervised<T> {
  private live: { readonly worker: WorkerLike; readonly remote: Comlink.Remote<T> } | null = null;
  private readonly pending = new Set<(reason: Error) => void>();

  /**
   * @param spawn starts the worker
   * @param greet first calls to a fresh worker (hand over ports and addresses)
   * @param died told once when a live worker broke down by itself
   */
  constructor(
    private readonly spawn: () => WorkerLike,
    private readonly greet: (remote: Comlink.Remote<T>) => void,
    private readonly died: (reason: string) => void,
  ) {}

  get alive(): boolean {
    return this.live !== null;
  }

  /** Calls the worker, starting it first if there is none. Rejects with `WorkerDied` when it ends before the answer. */
  async call<R>(command: (remote: Comlink.Remote<T>) => Promise<R>): Promise<R> {
    const { remote } = this.live ?? this.start();
    let reject!: (reason: Error) => void;
    const ended = new Promise<never>((_, refuse) => (reject = refuse));
    this.pending.add(reject);
    try {
      return await Promise.race([command(remote), ended]);
    } finally {
      this.pending.delete(reject);
    }
  }

  /** Ends the worker; calls under way reject with `reason`. The next call starts a fresh one. */
  end(reason: Error): void {
    const live = this.live;
    this.live = null;
    if (live) live.worker.terminate();
    for (const reject of [...this.pending]) reject(reason);
    this.pending.clear();
  }

  /** Declares the worker dead: ends it and tells. */
  fail(reason: string): void {
    if (!this.live) return;
    this.end(new WorkerDied(reason));
    this.died(reason);
  }

  private start(): { readonly worker: WorkerLike; readonly remote: Comlink.Remote<T> } {
    const worker = this.spawn();
    const live = { worker, remote: Comlink.wrap<T>(worker) };
    const broke = (event: Event): void => {
      if (this.live !== live) return;
      const message = 'message' in event && typeof event.message === 'string' ? event.message : '';
      const detail = message ? ` (${message})` : '';
      this.fail(`The worker ended unexpectedly${detail}. Press Train to start again.`);
    };
    worker.addEventListener('error', broke);
    worker.addEventListener('messageerror', broke);
    this.live = live;
    this.greet(live.remote);
    return live;
  }
}
