/** What a piece of work asks of the backend: its kernels, and the memory that is held. */
import * as tf from '@tensorflow/tfjs-core';
import { recordedBytes } from './replay/recording';

export interface TracedKernel {
  readonly kernel: string;
  /** Shapes of the inputs, by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly output: readonly (readonly number[])[];
  /** False for a kernel made of the kernels listed before it, and for one that only renames memory. */
  readonly dispatched: boolean;
}

export interface TimedKernel extends TracedKernel {
  /** Milliseconds on the host: computing it on CPU and WASM, issuing it on WebGPU. A composite's include its parts'. */
  readonly milliseconds: number;
}

/** Kernels that compute nothing. */
const FREE = new Set(['Reshape', 'Identity', 'ExpandDims', 'StopGradient']);

/** Runs `work` and lists the kernels it ran, in order of completion. */
export function traceKernels(work: () => void): TracedKernel[] {
  return timeKernels(work).map(({ kernel, inputs, output, dispatched }) => ({
    kernel,
    inputs,
    output,
    dispatched,
  }));
}

/** Runs `work` and lists the kernels it ran with the time of each, in order of completion. */
export function timeKernels(work: () => void): TimedKernel[] {
  const engine = tf.engine();
  const list: TimedKernel[] = [];
  let dispatches = 0;
  const run = engine.runKernel.bind(engine);
  const traced: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
    kernel: string,
    inputs: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): T => {
    const before = dispatches;
    const began = performance.now();
    const result = run<T>(kernel, inputs, attributes);
    const milliseconds = performance.now() - began;
    // Taping a kernel clones what its gradient will need: such renaming inside it does not make it a composite.
    const dispatched = dispatches === before && !FREE.has(kernel);
    if (dispatched) dispatches++;
    const shapes = Object.entries(inputs)
      .filter(([, tensor]) => tensor)
      .map(([name, tensor]) => [name, [...tensor.shape]] as const);
    list.push({
      kernel,
      inputs: Object.fromEntries(shapes),
      output: ([] as tf.Tensor[]).concat(result).map((tensor) => [...tensor.shape]),
      dispatched,
      milliseconds,
    });
    return result;
  };
  engine.runKernel = traced;
  try {
    work();
  } finally {
    engine.runKernel = run;
  }
  return list;
}

/**
 * Whether a backend has opened. Asked for `tf.engine().backend` while there is none, the library would open the best that is registered, by itself and
 * outside of what `openBackend` sees to: WebAssembly then starts threads that the page's policy forbids.
 */
function backendIsOpen(): boolean {
  const { backendName, registry } = tf.engine();
  return backendName in registry;
}

export interface MemoryFacts {
  readonly tensors: number;
  readonly bytes: number;
  /** Bytes allocated on the GPU, pools and recorded steps included; null on other backends. */
  readonly gpuBytes: number | null;
}

/** Nothing is held while no backend has finished opening. */
export function memoryOf(): MemoryFacts {
  if (!backendIsOpen()) return { tensors: 0, bytes: 0, gpuBytes: null };
  const facts = tf.memory() as tf.MemoryInfo & { readonly numBytesAllocatedInGPU?: number };
  const allocated = facts.numBytesAllocatedInGPU;
  return {
    tensors: facts.numTensors,
    bytes: facts.numBytes,
    gpuBytes: allocated === undefined ? null : allocated + recordedBytes(),
  };
}

/** The most bytes that tensors hold at once during `work`. */
export function peakBytes(work: () => void): number {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  let peak = tf.memory().numBytes;
  const watched: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
    name: string,
    inputs: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): T => {
    const result = run<T>(name, inputs, attributes);
    peak = Math.max(peak, tf.memory().numBytes);
    return result;
  };
  engine.runKernel = watched;
  try {
    work();
  } finally {
    engine.runKernel = run;
  }
  return peak;
}
