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

type Command = (...args: never[]) => unknown;
/** What a worker answers to a command. */
type Answer<F extends Command> = Promise<Awaited<ReturnType<F>>>;

/** The far side as it is called: what it answers is known by the worker's interface. */
type Remote<W> = Comlink.Remote<{ readonly [K in keyof W]: (...args: unknown[]) => unknown }>;

interface Started<W> {
  readonly worker: WorkerLike;
  readonly remote: Remote<W>;
}

/** A worker whose interface is `W`. */
export class Supervised<W extends Record<keyof W, Command>> {
  private started: Started<W> | null = null;
  private readonly pending = new Set<(reason: Error) => void>();

  /**
   * @param spawn starts the worker
   * @param greet first commands to a fresh worker (hand over ports and addresses)
   * @param died told once when a live worker broke down by itself
   */
  constructor(
    private readonly spawn: () => WorkerLike,
    private readonly greet: () => void = () => undefined,
    private readonly died: (reason: string) => void = () => undefined,
  ) {}

  get alive(): boolean {
    return this.started !== null;
  }

  /** Sends a command, starting the worker first if there is none. Rejects with `WorkerDied` when it ends before the answer. */
  async send<K extends keyof W>(command: K, ...args: Parameters<W[K]>): Answer<W[K]> {
    const { remote } = this.started ?? this.start();
    let reject!: (reason: Error) => void;
    const ended = new Promise<never>((_, refuse) => (reject = refuse));
    this.pending.add(reject);
    try {
      return (await Promise.race([remote[command](...args), ended])) as Awaited<ReturnType<W[K]>>;
    } finally {
      this.pending.delete(reject);
    }
  }

  /** Ends the worker; calls under way reject with `reason`. The next call starts a fresh one. */
  end(reason: Error): void {
    const { started } = this;
    this.started = null;
    if (started) started.worker.terminate();
    for (const reject of [...this.pending]) reject(reason);
    this.pending.clear();
  }

  /** Declares the worker dead: ends it and tells. */
  fail(reason: string): void {
    if (!this.started) return;
    this.end(new WorkerDied(reason));
    this.died(reason);
  }

  private start(): Started<W> {
    const worker = this.spawn();
    const started = { worker, remote: Comlink.wrap(worker) as Remote<W> };
    const broke = (event: Event): void => {
      if (this.started !== started) return;
      const message = 'message' in event && typeof event.message === 'string' ? event.message : '';
      const detail = message ? ` (${message})` : '';
      this.fail(`The worker ended unexpectedly${detail}. Press Train to start again.`);
    };
    worker.addEventListener('error', broke);
    worker.addEventListener('messageerror', broke);
    this.started = started;
    this.greet();
    return started;
  }
}
