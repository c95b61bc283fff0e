/**
 * Threads that share the backend's memory and take parts of large kernels.
 *
 * Work is a list of tasks that write different places; whoever is free takes the next, the caller too. So a thread that is slow,
 * not yet awake or gone costs nothing but its help, and results do not depend on who computed them: a task is one thread's, and
 * its additions keep their order.
 */
import {
  CALL,
  CONTROL_WORDS,
  DONE,
  HELPED,
  OWN_SCRATCH,
  READY,
  REMAINING,
  SPINS,
  STOP,
  layout,
} from './poolThread';
import { scriptAddress } from '../../scriptAddress';

/** One call of an export with plain numbers; `OWN_SCRATCH` stands for the computing thread's working memory. */
export interface Call {
  readonly name: string;
  readonly given: readonly number[];
}

/** Calls that one thread makes in their order. */
export type Task = readonly Call[];

export interface Pool {
  /** Threads that compute, the caller included. */
  readonly threads: number;
  /**
   * Runs tasks that write different places and returns when all are done.
   * @throws Error where a thread that took a task does not finish it
   */
  run(tasks: readonly Task[]): void;
  /** Tasks that other threads than the caller's have done so far. */
  helped(): number;
  stop(): void;
}

export interface PoolOptions {
  /** The compiled module for shared memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memory: WebAssembly.Memory;
  /** Exports that tasks may call, on the caller's own instance. */
  readonly exports: Readonly<Record<string, (...given: number[]) => unknown>>;
  /** Threads wanted, the caller included. */
  readonly threads: number;
  /** Address of new working memory for one thread. */
  readonly allocate: () => number;
  /** Working memory of the caller. */
  readonly scratch: number;
}

/** Calls and tasks of one `run`; more are computed by the caller alone. */
const MAX_CALLS = 512;
const MAX_TASKS = 128;
/** Milliseconds that threads may take to start: a busy machine's first ones take seconds. */
const START = 8000;
/** Milliseconds of one wait, and waits, for a task that was taken. Many short ones: a machine that slept wakes with one overdue. */
const WAIT = 500;
const WAITS = 40;

/** Milliseconds by which a run may wait longer than it computed before its threads count as late. */
const PATIENCE = 0.2;
/** Most runs that the caller computes alone after threads were late, before they are tried again. */
const MOST_ALONE = 256;

interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
  unref?(): void;
  on?(event: 'error', heard: () => void): void;
}

/** May this thread sleep until another wakes it? A page's main thread may not. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

interface NodeProcess {
  getBuiltinModule?(name: string): {
    readonly Worker: new (file: URL) => Thread;
  };
}

const threadFile = new URL('./thread.js', import.meta.url);

/** Null where no thread can be made; `failed` hears of one that was made and does not run. */
function startThread(failed: () => void): Thread | null {
  try {
    const node = (globalThis as { readonly process?: NodeProcess }).process;
    if (node?.getBuiltinModule) {
      const { Worker: NodeWorker } = node.getBuiltinModule('node:worker_threads');
      const thread = new NodeWorker(threadFile);
      // The process may end while threads sleep.
      thread.unref?.();
      thread.on?.('error', failed);
      return thread;
    }
    const thread = new Worker(scriptAddress(threadFile.href));
    thread.onerror = (event) => {
      event.preventDefault();
      failed();
    };
    return thread;
  } catch {
    return null;
  }
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** Starts threads and waits until they are ready; null where none is, or where this thread may not wait for others. */
export async function startPool(options: PoolOptions): Promise<Pool | null> {
  const { bytes, memory, exports, allocate, scratch } = options;
  if (typeof SharedArrayBuffer === 'undefined' || !(memory.buffer instanceof SharedArrayBuffer)) return null;
  if (options.threads < 2 || !mayBlock()) return null;
  const control = new Int32Array(shared(4 * CONTROL_WORDS));
  const places = new Int32Array(shared(4 * 2 * MAX_TASKS));
  const calls = new Float64Array(shared(8 * CALL * MAX_CALLS));
  const names = Object.keys(exports);
  const indices = new Map(names.map((name, index) => [name, index]));
  const module = await WebAssembly.compile(bytes);
  let failures = 0;
  const fail = (): void => void failures++;
  const started = Array.from({ length: options.threads - 1 }, () => startThread(fail)).filter(
    (thread) => thread !== null,
  );
  for (const thread of started) {
    const own = { module, memory, control, tasks: places, calls, names, scratch: allocate(), layout };
    thread.postMessage(own);
  }
  const stop = (): void => {
    Atomics.store(control, STOP, 1);
    Atomics.notify(control, REMAINING);
    for (const thread of started) void thread.terminate();
  };
  const ready = (): number => Atomics.load(control, READY);
  for (let waited = 0; waited < START && ready() + failures < started.length; waited += 5) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (ready() === 0) {
    stop();
    return null;
  }

  function compute(task: Task): void {
    for (const { name, given } of task) {
      exports[name]!(...given.map((value) => (value === OWN_SCRATCH ? scratch : value)));
    }
  }

  /** Writes tasks where threads read them; false where they are too many. */
  function publish(tasks: readonly Task[]): boolean {
    const count = tasks.reduce((sum, task) => sum + task.length, 0);
    if (tasks.length > MAX_TASKS || count > MAX_CALLS) return false;
    let at = 0;
    tasks.forEach((task, index) => {
      places[2 * index] = at;
      places[2 * index + 1] = task.length;
      for (const { name, given } of task) {
        calls[at * CALL] = indices.get(name)!;
        calls[at * CALL + 1] = given.length;
        calls.set(given, at * CALL + 2);
        at++;
      }
    });
    Atomics.store(control, DONE, 0);
    Atomics.store(control, REMAINING, tasks.length);
    Atomics.notify(control, REMAINING);
    return true;
  }

  function finish(count: number): void {
    for (let spins = 0; spins < SPINS; spins++) if (Atomics.load(control, DONE) === count) return;
    for (let waits = 0; waits < WAITS;) {
      const done = Atomics.load(control, DONE);
      if (done === count) return;
      if (Atomics.wait(control, DONE, done, WAIT) === 'timed-out') waits++;
    }
    throw new Error('A computing thread stopped answering. Reload the page, or start again with one thread.');
  }

  // On a machine that is busy with other work a thread may lose its core with a task in hand, and the caller waits. Then the
  // caller computes alone for a while, twice as long each time; a run in time forgives half.
  let penalty = 0;
  let alone = 0;
  return {
    get threads() {
      return 1 + ready();
    },
    run(tasks) {
      if (alone > 0 || tasks.length < 2 || !publish(tasks)) {
        alone = Math.max(0, alone - 1);
        tasks.forEach(compute);
        return;
      }
      const begun = performance.now();
      for (;;) {
        const left = Atomics.load(control, REMAINING);
        if (left === 0) break;
        if (Atomics.compareExchange(control, REMAINING, left, left - 1) !== left) continue;
        compute(tasks[left - 1]!);
        Atomics.add(control, DONE, 1);
      }
      const computed = performance.now();
      finish(tasks.length);
      const late = performance.now() - computed > computed - begun + PATIENCE;
      penalty = late ? Math.min(MOST_ALONE, 2 * penalty + 1) : penalty >> 1;
      if (late) alone = penalty;
    },
    helped: () => Atomics.load(control, HELPED),
    stop,
  };
}
