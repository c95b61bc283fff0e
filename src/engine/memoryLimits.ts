/** What the open backend can hold, so that a run that cannot fit is refused before it takes any. */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from './backends/webgpu/program';

export interface MemoryLimits {
  /** Bytes of all tensors together. */
  readonly total: number;
  /** Bytes of one tensor. */
  readonly largest: number;
}

/** WebAssembly addresses 4 GiB; freed blocks that fit nothing take part of it. */
const WASM_BYTES = 3.5 * 2 ** 30;

export function memoryLimits(): MemoryLimits {
  switch (tf.getBackend()) {
    case 'wasm':
      return { total: WASM_BYTES, largest: WASM_BYTES };
    case 'webgpu':
      return { total: Infinity, largest: webgpu().device.limits.maxStorageBufferBindingSize };
    default:
      return { total: Infinity, largest: Infinity };
  }
}
