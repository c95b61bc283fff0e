/** Chooses the backend: hardware WebGPU, else WASM, else CPU, each proved by the gradient self-test before it is used. */
import * as tf from '@tensorflow/tfjs-core';
import { abandonOpening, answered, Unanswered } from './answered';
import './gradients';
import { installDeferral } from './backends/webgpu/deferred/install';
import { demandNoDeviceErrors, lostDevice, watchDevice } from './backends/webgpu/deviceErrors';
import { dropDevice } from './backends/webgpu/dropDevice';
import { replaceLibraryKernels } from './backends/wasm/overrideTfKernels';
import { loadWasmKernels, wasmKernels } from './backends/wasm/module';
import { withSharedMemory } from './backends/wasm/shared';
import { webgpu } from './backends/webgpu/program';
import { selfTest } from './selfTest';
import type { BackendInfo, BackendName, BackendRequest } from './types';

export interface BackendOptions {
  /** Accept a software WebGPU adapter under `auto` too; by default only an explicit `webgpu` does. */
  readonly allowSoftware?: boolean;
  /** Where the WASM binaries are: a folder's address, or one address a file name. Node finds them itself. */
  readonly wasmPath?: string | Record<string, string>;
  /**
   * Threads that WASM may use, the caller's included. By default as many as there are cores, up to four, in an isolated page;
   * one in Node, where several runs often share a machine.
   */
  readonly threads?: number;
  /** Milliseconds to wait for a graphics adapter, and as many for its device; by default 20 s. */
  readonly adapterMs?: number;
}

/** A browser on a busy machine with a software adapter takes seconds; one whose graphics process hangs never answers. */
const ADAPTER_MS = 20_000;
/** For all of an opening: code that is fetched, kernels that are compiled, the self-test. */
const OPENING_MS = 120_000;

const MOST_THREADS = 4;

function defaultThreads(): number {
  if (tf.env().get('IS_NODE') === true) return 1;
  return Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1);
}

interface Adapter {
  readonly description: string;
  readonly software: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Asks for a WebGPU adapter; a string says why there is none. */
async function probeAdapter(milliseconds: number): Promise<Adapter | string> {
  const gpu = typeof navigator === 'undefined' ? undefined : (navigator as Partial<Navigator>).gpu;
  if (!gpu) return 'this browser has no WebGPU';
  const asked = gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  const adapter = await answered(asked, milliseconds, 'the graphics adapter');
  if (!adapter) return 'WebGPU found no graphics adapter';
  const info = adapter.info;
  const description = [info.vendor, info.architecture, info.device, info.description]
    .filter(Boolean)
    .join(' ');
  const fallback = (info as { readonly isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return { description: description || 'unnamed adapter', software: fallback || SOFTWARE.test(description) };
}

type Attempt = Omit<BackendInfo, 'reason'>;
/** Of a backend that computes: waits for what has still to start beside it. */
type Rest = () => Promise<Attempt>;

async function startWebGpu(acceptSoftware: boolean, milliseconds = ADAPTER_MS): Promise<Rest> {
  const adapter = await probeAdapter(milliseconds);
  if (typeof adapter === 'string') throw new Error(adapter);
  if (adapter.software && !acceptSoftware) {
    throw new Error(`WebGPU offers only a software adapter (${adapter.description}), slower than WASM`);
  }
  await import('@tensorflow/tfjs-backend-webgpu');
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  const opened = await answered(tf.setBackend('webgpu'), milliseconds, 'the graphics device');
  if (!opened) throw new Error('WebGPU did not start');
  await tf.ready();
  watchDevice(webgpu().device);
  installDeferral();
  const { description, software } = adapter;
  return async () => ({ name: 'webgpu', adapter: description, software, threads: 1, simd: false });
}

async function startWasm({ wasmPath, threads = defaultThreads() }: BackendOptions): Promise<Rest> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPath !== undefined) wasm.setWasmPaths(wasmPath);
  const set = async (): Promise<boolean> => {
    const opened = await tf.setBackend('wasm');
    await tf.ready();
    return opened;
  };
  // In Node one thread takes the build without them, which opens sooner.
  const alone = threads === 1 && tf.env().get('IS_NODE') === true;
  if (!alone) wasm.setThreadsCount(1);
  if (!(await (alone ? set() : withSharedMemory(set)))) throw new Error('WebAssembly did not start');
  const kernels = await loadWasmKernels(threads);
  if (kernels) replaceLibraryKernels();
  return async () => {
    await kernels?.whole;
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    return {
      name: 'wasm',
      adapter: null,
      software: false,
      // Kernels of ours share their work; the library's own run alone.
      threads: wasmKernels()?.pool?.threads ?? 1,
      simd: simd === true,
      wide: wasmKernels()?.wide === true,
    };
  };
}

async function startCpu(): Promise<Rest> {
  // Half of the library: fetched where nothing else works, or where it is asked for.
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  await tf.ready();
  return async () => ({ name: 'cpu', adapter: null, software: false, threads: 1, simd: false });
}

const order: Readonly<Record<BackendRequest, readonly BackendName[]>> = {
  auto: ['webgpu', 'wasm', 'cpu'],
  webgpu: ['webgpu', 'wasm', 'cpu'],
  wasm: ['wasm', 'cpu'],
  cpu: ['cpu'],
};

const titles: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
};

/** The opening under way, or the last one. */
let opening: Promise<unknown> = Promise.resolve();

/**
 * Opens the best backend that works, or the requested one; falls back where it does not start or its gradients are wrong.
 *
 * The library computes on one backend at a time, for all of this thread, so openings wait for each other: of two at once the first was
 * refused WebAssembly, because the second asked for it too, and left the library on the CPU under the second's feet. None waits for
 * ever: what is not answered in its time is passed over as what does not work.
 *
 * `webgpu` accepts a software adapter, `auto` does not unless `allowSoftware`. `reason` tells what was tried.
 * @throws Error when not even the CPU backend computes right gradients.
 */
export function openBackend(request: BackendRequest, options: BackendOptions = {}): Promise<BackendInfo> {
  const opened = opening.then(() => open(request, options));
  opening = opened.catch(() => undefined);
  return opened;
}

async function open(request: BackendRequest, options: BackendOptions): Promise<BackendInfo> {
  if (lostDevice() !== null) dropDevice();
  const failures: string[] = [];
  // Fetched while an adapter for WebGPU is being looked for; a failure comes again where it is needed.
  if (request === 'auto') void import('@tensorflow/tfjs-backend-wasm').catch(() => undefined);
  for (const name of order[request]) {
    try {
      const attempt = await answered(proved(name, request, options), OPENING_MS, 'it');
      const asked = request !== 'auto' && failures.length === 0 ? 'as asked' : 'the fastest that works here';
      const story = failures.map((failure) => `; ${failure}`).join('');
      return { ...attempt, reason: `${titles[name]}, ${asked}${story}.` };
    } catch (error) {
      if (error instanceof Unanswered) abandonOpening();
      failures.push(`${titles[name]} not used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`No backend works here; try a browser with WebAssembly SIMD. ${failures.join('. ')}.`);
}

/** @throws Error where it does not start or computes wrongly */
async function proved(name: BackendName, request: BackendRequest, options: BackendOptions): Promise<Attempt> {
  const rest = await start(name, request, options);
  // Threads start meanwhile: what it computes is too small for them.
  const { passed, error } = await selfTest();
  demandNoDeviceErrors();
  if (!passed) throw new Error(`its gradients are off by ${(error * 100).toPrecision(2)} %`);
  return rest();
}

function start(name: BackendName, request: BackendRequest, options: BackendOptions): Promise<Rest> {
  switch (name) {
    case 'webgpu':
      return startWebGpu(request === 'webgpu' || options.allowSoftware === true, options.adapterMs);
    case 'wasm':
      return startWasm(options);
    case 'cpu':
      return startCpu();
  }
}
