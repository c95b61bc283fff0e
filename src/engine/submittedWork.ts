import * as tf from '@tensorflow/tfjs-core';
import { demandNoDeviceErrors } from './backends/webgpu/deviceErrors';
import { webgpu } from './backends/webgpu/program';
import { submitPending } from './backends/webgpu/submit';

/**
 * Submits what is pending; resolves when the graphics device has done all that it was given so far. Null on other backends, whose work
 * is done when it was asked for.
 *
 * @throws Error (by the promise) where the device refused a step or is lost
 */
export function submittedWork(): Promise<void> | null {
  if (tf.getBackend() !== 'webgpu') return null;
  const backend = webgpu();
  submitPending(backend);
  const done = backend.queue.onSubmittedWorkDone().then(() => demandNoDeviceErrors());
  // A run that ends before it looks has nobody to tell.
  done.catch(() => undefined);
  return done;
}
