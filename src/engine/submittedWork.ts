import * as tf from '@tensorflow/tfjs-core';
import { demandNoDeviceErrors } from './backends/webgpu/deviceErrors';
import { webgpu } from './backends/webgpu/program';

/**
 * Resolves when the graphics device has done what it was given so far; null on other backends, whose work is done when it was
 * asked for.
 *
 * @throws Error (by the promise) where the device refused a step or is lost
 */
export function submittedWork(): Promise<void> | null {
  if (tf.getBackend() !== 'webgpu') return null;
  const done = webgpu()
    .queue.onSubmittedWorkDone()
    .then(() => demandNoDeviceErrors());
  // A run that ends before it looks has nobody to tell.
  done.catch(() => undefined);
  return done;
}
