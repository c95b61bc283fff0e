/** Openings of backends that come while another is under way; a process of its own, as the library's state is the process's. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { openBackend } from '.';
import { abandonOpening, answered } from './answered';
import { withSharedMemory } from './backends/wasm/shared';

afterEach(() => vi.unstubAllGlobals());

it('an opening waits for the one before, and leaves the library on what it says', async () => {
  // As a page does whose address asks for nothing, when a run of other settings is gone on with at once.
  const openings = [openBackend('auto'), openBackend('wasm'), openBackend('cpu'), openBackend('wasm')];
  const names = openings.map(async (opening) => {
    const { name } = await opening;
    return [name, tf.getBackend()];
  });
  expect(await Promise.all(names)).toEqual([
    ['wasm', 'wasm'],
    ['wasm', 'wasm'],
    ['cpu', 'cpu'],
    ['wasm', 'wasm'],
  ]);
  expect(tf.getBackend()).toBe('wasm');
});

it.each(['auto', 'webgpu'] as const)(
  'asked for %s where the graphics adapter never answers, WASM is opened and says why; later openings go on',
  async (request) => {
    const never = new Promise<never>(() => undefined);
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => never } });
    const [first, second] = [openBackend(request, { adapterMs: 50 }), openBackend('wasm')];
    expect(await first).toMatchObject({
      name: 'wasm',
      reason:
        'WebAssembly, the fastest that works here; WebGPU not used: the graphics adapter did not answer within 0.05 s.',
    });
    expect(await second).toMatchObject({ name: 'wasm', reason: 'WebAssembly, as asked.' });
  },
);

it('a backend that comes after it was given up does not take the place of the one in use', async () => {
  let come: (backend: tf.KernelBackend) => void = () => undefined;
  const late = new Promise<tf.KernelBackend>((resolve) => (come = resolve));
  tf.registerBackend('late', () => late);
  await openBackend('cpu');
  const opening = tf.setBackend('late');
  await expect(answered(opening, 20, 'it')).rejects.toThrow('it did not answer within 0.02 s');
  abandonOpening();
  await openBackend('cpu');
  const inUse = tf.backend();
  come(inUse);
  expect(await opening).toBe(false);
  expect(tf.getBackend()).toBe('cpu');
  expect(tf.backend()).toBe(inUse);
  expect(await tf.square(tf.scalar(3)).data()).toEqual(Float32Array.of(9));
});

it('while the library’s threads are stood in for, others start real workers', async () => {
  class RealWorker {
    constructor(readonly address: string) {}
  }
  vi.stubGlobal('Worker', RealWorker);
  const [ours, theirs] = await withSharedMemory(async () => [
    new Worker('https://lab.example/assets/storage.js'),
    new Worker('blob:https://lab.example/1'),
  ]);
  expect(ours).toEqual(new RealWorker('https://lab.example/assets/storage.js'));
  expect(theirs).not.toBeInstanceOf(RealWorker);
  expect(new Worker('blob:https://lab.example/1')).toBeInstanceOf(RealWorker);
});
