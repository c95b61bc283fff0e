/**
 * SIMD kernels of ours on the WASM backend's own memory.
 *
 * The backend's module exports or exposes its memory; ours imports it, so tensors need no copies. Where anything about
 * that does not hold, kernels fall back to the library's own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../opened';
import { fused, plain, sharedFused, sharedPlain } from './binary';
import type { Pointer, WasmExports } from './exports';
import { startPool, type Pool, type PoolOptions } from './pool';
import { payEveryTime, wideTilesPay } from './wideTiles';

interface Backend {
  readonly wasm: {
    readonly asm?: Readonly<Record<string, unknown>>;
    readonly wasmMemory?: unknown;
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
  };
  readonly dataIdMap: { get(dataId: tf.DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

export interface WasmKernels {
  readonly run: WasmExports;
  /** Working memory of `gemm`. */
  readonly scratch: Pointer;
  /** Whether products use fused multiply-add. */
  readonly fused: boolean;
  /** Whether fused products are faster in tiles of six rows than of four; every sum is the same. */
  readonly sixRows: boolean;
  /** Whether fused products are faster still in tiles of sixteen columns; every sum is the same. */
  readonly wide: boolean;
  /** Threads that help with large kernels; null where there are none. */
  readonly pool: Pool | null;
  /** The backend's memory as bytes. Memory that grows makes older views useless: ask anew each time. */
  heap(): Uint8Array;
}

let loaded: (WasmKernels & { readonly owner: Backend }) | null = null;

/** Ours if they run on the current backend, else null. */
export function wasmKernels(): WasmKernels | null {
  return loaded && tf.getBackend() === 'wasm' ? loaded : null;
}

function wasmBackend(): Backend {
  return openedBackend<Backend>();
}

/** Address of a tensor's values. */
export function pointer(x: tf.TensorInfo): Pointer {
  return wasmBackend().dataIdMap.get(x.dataId).memoryOffset;
}

/** Address of a tensor that may be absent; 0 then. */
export function pointerOrZero(x: tf.TensorInfo | undefined): Pointer {
  return x ? pointer(x) : 0;
}

/** A new float tensor on the backend's heap, not yet filled. */
export function newOutput(shape: readonly number[]): tf.TensorInfo {
  return wasmBackend().makeOutput([...shape], 'float32');
}

/** A new int tensor on the backend's heap. */
export function newInts(values: Int32Array): tf.TensorInfo {
  const out = wasmBackend().makeOutput([values.length], 'int32');
  new Int32Array(wasmBackend().wasm.HEAPU8.buffer, pointer(out), values.length).set(values);
  return out;
}

/** A new float tensor on the backend's heap with these values. */
export function newFloats(values: Float32Array): tf.TensorInfo {
  const out = newOutput([values.length]);
  new Float32Array(wasmBackend().wasm.HEAPU8.buffer, pointer(out), values.length).set(values);
  return out;
}

/** Frees working tensors of a kernel. */
export function free(...tensors: readonly tf.TensorInfo[]): void {
  for (const { dataId } of tensors) tf.backend().disposeData(dataId);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function memoryOf({ wasm }: Backend): WebAssembly.Memory | null {
  const candidates = [wasm.wasmMemory, ...Object.values(wasm.asm ?? {})];
  return candidates.find((value): value is WebAssembly.Memory => value instanceof WebAssembly.Memory) ?? null;
}

/** The functions among a module's exports. */
function computing(exports: PoolOptions['exports']): PoolOptions['exports'] {
  return Object.fromEntries(Object.entries(exports).filter(([, value]) => typeof value === 'function'));
}

/** Chromium's first version in which six rows were measured to be faster. */
const SIX_ROWS_SINCE = 156;

/**
 * Whether six rows pay, by the engine's name: a short timing at start-up could not tell, since engines compile a
 * kernel anew once it is hot. In V8 of Node 20, which keeps values on the side, six rows take twice the time.
 */
export function sixRowsPay(userAgent = globalThis.navigator?.userAgent ?? ''): boolean {
  const [, version = '0'] = /Chrom(?:e|ium)\/(\d+)/.exec(userAgent) ?? [];
  return Number(version) >= SIX_ROWS_SINCE;
}

/** Kernels that compute already, on this thread alone. */
export interface StartedKernels {
  /** Resolves when their threads have started and the fastest tiles are known. */
  readonly whole: Promise<void>;
}

/**
 * Starts the kernels on the current WASM backend; null where its memory cannot be reached or SIMD is missing.
 *
 * @param threads that large kernels may use, this one included; one where the memory is not shared
 */
export async function loadWasmKernels(threads = 1): Promise<StartedKernels | null> {
  const backend = wasmBackend();
  if (loaded?.owner === backend) return { whole: Promise.resolve() };
  loaded?.pool?.stop();
  loaded = null;
  const memory = memoryOf(backend);
  if (!memory) return null;
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const fast = decode(shared ? sharedFused : fused);
  const useFused = WebAssembly.validate(fast);
  const bytes = useFused ? fast : decode(shared ? sharedPlain : plain);
  if (!WebAssembly.validate(bytes)) return null;
  // Memory declared otherwise than ours expects is no reason to lose the backend: the library's kernels remain.
  const started = await WebAssembly.instantiate(bytes, { env: { memory } }).catch(() => null);
  if (!started) return null;
  const { instance } = started;
  const run = instance.exports as unknown as WasmExports;
  const allocate = (): Pointer => {
    const address = backend.wasm._malloc(run.gemmScratch() + 64);
    return address + 64 - (address % 64);
  };
  const scratch = allocate();
  const exports = run as unknown as PoolOptions['exports'];
  const heap = (): Uint8Array => backend.wasm.HEAPU8;
  const alone = {
    run,
    scratch,
    fused: useFused,
    sixRows: useFused && sixRowsPay(),
    wide: false,
    pool: null,
    heap,
    owner: backend,
  };
  loaded = alone;
  // While threads start, this one is timed.
  const whole = Promise.all([
    startPool({ bytes, memory, exports: computing(exports), threads, allocate, scratch }),
    useFused && payEveryTime(() => wideTilesPay(run, () => memory.buffer, scratch)),
  ]).then(([pool, wide]) => {
    if (loaded?.owner === backend) loaded = { ...alone, wide, pool };
    else pool?.stop();
  });
  whole.catch(() => undefined); // met by who waits for it
  return { whole };
}
