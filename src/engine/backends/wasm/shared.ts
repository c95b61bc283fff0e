/**
 * Memory that threads can share, from the library's threaded build.
 *
 * That build would start threads of its own, from a script in a blob, which the page's policy forbids and Node cannot. They are
 * stand-ins that are never given work, because the library is told to use one thread; ours (`pool.ts`) share the memory.
 */
import * as tf from '@tensorflow/tfjs-core';

interface Message {
  readonly cmd: string;
}

class Idle {
  onmessage: ((event: { readonly data: Message }) => void) | null = null;
  postMessage({ cmd }: Message): void {
    if (cmd === 'load') queueMicrotask(() => this.onmessage?.({ data: { cmd: 'loaded' } }));
  }
  on(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

/** The library's threads come from a blob; whoever else starts a worker meanwhile gets a real one. */
function standIn(Real: typeof Worker | undefined) {
  return class {
    constructor(address: string | URL, options?: WorkerOptions) {
      return Real && !String(address).startsWith('blob:') ? new Real(address, options) : new Idle();
    }
  };
}

/** Opens the library's backend by `open` on its threaded build, where the surroundings have shared memory. One opening at a time. */
export async function withSharedMemory<T>(open: () => Promise<T>): Promise<T> {
  if (tf.env().get('IS_NODE') === true) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const StandIn = standIn((globalThis as { readonly Worker?: typeof Worker }).Worker);
  // In Node the library puts threads under this name as it loads; the name does not take them.
  Object.defineProperty(globalThis, 'Worker', {
    configurable: true,
    get: () => StandIn,
    set: () => undefined,
  });
  try {
    return await open();
  } finally {
    if (before) Object.defineProperty(globalThis, 'Worker', before);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}
