/** Openings of backends that come while another is under way; a process of its own, as the library's state is the process's. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { openBackend } from '.';
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
