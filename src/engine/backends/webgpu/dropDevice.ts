import * as tf from '@tensorflow/tfjs-core';
import { forgetOwed } from './deferred/values';
import { forgetDevice } from './deviceErrors';

/** As the library registers it. */
const WEBGPU_PRIORITY = 3;

/** The library keeps a backend for ever; of one whose device is gone only the way to make another is kept. */
export function dropDevice(): void {
  forgetOwed();
  forgetDevice();
  const make = tf.findBackendFactory('webgpu');
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', make, WEBGPU_PRIORITY);
}
