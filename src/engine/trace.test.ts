/** What is asked of the library while no backend is open; a process of its own, as the library's state is the process's. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { memoryOf, openBackend } from '.';

const NOTHING = { tensors: 0, bytes: 0, gpuBytes: null };

it('asking what memory is held opens no backend', async () => {
  const make = vi.fn(() => Promise.reject(new Error('nobody asked for it')));
  tf.registerBackend('best', make, 9);
  try {
    expect(memoryOf()).toEqual(NOTHING);
    expect(make).not.toHaveBeenCalled();

    const opening = tf.setBackend('best');
    expect(memoryOf()).toEqual(NOTHING);
    vi.spyOn(console, 'warn').mockReturnValue();
    expect(await opening).toBe(false);
    expect(memoryOf()).toEqual(NOTHING);
  } finally {
    tf.removeBackend('best');
    vi.restoreAllMocks();
  }

  await openBackend('cpu');
  const { tensors } = memoryOf();
  const kept = tf.tensor1d([1, 2, 3]);
  expect(memoryOf().tensors).toBe(tensors + 1);
  kept.dispose();
});
