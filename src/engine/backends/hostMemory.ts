/**
 * The values of a tensor where they lie, for kernels of ours that write in place.
 *
 * Only the CPU and WASM backends have host-visible memory; WebGPU has `webgpu.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from './opened';

interface CpuBackend {
  readonly data: { get(dataId: tf.DataId): { values: Float32Array | Int32Array } };
}

export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly tfjs: {
      registerTensor(id: number, size: number, offset: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(dataId: tf.DataId): { id: number; memoryOffset: number } };
}

/**
 * A view of a tensor's memory. Valid until the next allocation on WASM (its heap may move), so fetch it, use it, drop it.
 * @throws Error on a backend without host memory.
 */
export function hostValues(x: tf.TensorInfo): Float32Array | Int32Array {
  const name = tf.getBackend();
  const size = x.shape.reduce((product, length) => product * length, 1);
  if (name === 'cpu') return openedBackend<CpuBackend>().data.get(x.dataId).values;
  if (name === 'wasm') {
    const backend = openedBackend<WasmBackend>();
    const { memoryOffset } = backend.dataIdMap.get(x.dataId);
    const buffer = backend.wasm.HEAPU8.buffer;
    return x.dtype === 'int32'
      ? new Int32Array(buffer, memoryOffset, size)
      : new Float32Array(buffer, memoryOffset, size);
  }
  throw new Error(`The ${name} backend has no memory that the host can write; use a device kernel.`);
}

/** `hostValues` of a float32 tensor. */
export function hostFloats(x: tf.TensorInfo): Float32Array {
  return hostValues(x) as Float32Array;
}

/** `hostValues` of an int32 tensor. */
export function hostInts(x: tf.TensorInfo): Int32Array {
  return hostValues(x) as Int32Array;
}

/**
 * Tells the backend that a tensor's values changed in place. WASM's matrix product packs its right operand once per
 * tensor id and reuses the pack for ever; forgetting and registering the id drops that pack.
 */
export function markChanged(x: tf.TensorInfo): void {
  if (tf.getBackend() !== 'wasm') return;
  const backend = openedBackend<WasmBackend>();
  const { id, memoryOffset } = backend.dataIdMap.get(x.dataId);
  const size = x.shape.reduce((product, length) => product * length, 1);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, size, memoryOffset);
}

interface CountedBackend {
  incRef(dataId: tf.DataId): void;
}

/** What an in-place kernel returns: the same memory under one more reference, as a reshape does. */
export function alias(x: tf.TensorInfo): tf.TensorInfo {
  openedBackend<CountedBackend>().incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
