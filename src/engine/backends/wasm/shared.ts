/**
 * Shared memory in Node, where the library only loads its build without threads, whose memory cannot be shared.
 *
 * Its threaded build runs there too: it only fails to start its own threads from a page's blob. They stay stand-ins that are never
 * given work, because the library is told to use one thread; ours share the memory.
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

/** Opens the library's backend by `open` on its threaded build; elsewhere than in Node, just opens it. */
export async function withSharedMemory<T>(open: () => Promise<T>): Promise<T> {
  if (tf.env().get('IS_NODE') !== true) return open();
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // The library puts Node's threads under this name as it loads; the name does not take them.
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => Idle, set: () => undefined });
  try {
    return await open();
  } finally {
    if (before) Object.defineProperty(globalThis, 'Worker', before);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}
