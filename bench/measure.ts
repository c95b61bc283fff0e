/** Times training steps of one model on the current backend. Runs in Node and in a browser. */
import * as tf from '@tensorflow/tfjs-core';
import { memoryOf, peakBytes, traceKernels } from '../src/engine';
import type { AnyModelDefinition } from '../src/models/definition';
import { defaultSettings } from '../src/models/settings';
import { benchModel } from './benchModel';
import { measureLimits, rooflineOf, type Limits, type Roofline } from './roofline';

export interface Measurement {
  readonly model: string;
  readonly backend: string;
  readonly batch: number;
  readonly scenarios: number;
  /** Trained numbers, table included. */
  readonly parameters: number;
  /** Median over the measured steps. */
  readonly msPerStep: number;
  /** The fastest measured step: what an idle machine gives. */
  readonly bestMsPerStep: number;
  /** Of the fastest step, time outside kernels (WASM, CPU); of the median one, time on the calling thread (WebGPU). */
  readonly jsMsPerStep: number;
  readonly dispatchesPerStep: number;
  readonly samplesPerSecond: number;
  readonly tensors: number;
  /** Held between two steps. */
  readonly bytes: number;
  /** The most that tensors held at once within a step. */
  readonly peakBytes: number;
  readonly gpuBytes: number | null;
  /** From building the model to the end of its first step. */
  readonly firstStepMs: number;
  /** What the step asks of the machine at least; null but on WASM with one thread. */
  readonly roofline: (Roofline & { readonly limits: Limits }) | null;
  /** Least time of one step by kernel, slowest first (WASM, CPU). */
  readonly kernels: Readonly<Record<string, { readonly ms: number; readonly calls: number }>>;
}

export interface MeasureOptions {
  readonly batch: number;
  readonly steps: number;
  /** 3 unless said. */
  readonly scenarios?: number;
  readonly settings?: Readonly<Record<string, number | boolean | string | readonly number[]>>;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Waits until the device has done what it was given. */
async function settle(probe: tf.Tensor): Promise<void> {
  if (tf.getBackend() === 'webgpu') await probe.data();
}

interface DispatchingBackend {
  recordAndSubmit(...given: unknown[]): unknown;
}

/** Programs that WebGPU is given while `work` runs; elsewhere, kernels that compute something. */
export function countDispatches(work: () => void): number {
  if (tf.getBackend() !== 'webgpu') return traceKernels(work).filter(({ dispatched }) => dispatched).length;
  const backend = tf.backend() as unknown as DispatchingBackend;
  const run = backend.recordAndSubmit.bind(backend);
  let count = 0;
  backend.recordAndSubmit = (...given) => {
    count++;
    return run(...given);
  };
  try {
    work();
  } finally {
    backend.recordAndSubmit = run;
  }
  return count;
}

/** Own time of every kernel during `work`. */
function timeKernels(work: () => void): Map<string, { ms: number; calls: number }> {
  const times = new Map<string, { ms: number; calls: number }>();
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  const inner: number[] = [];
  const timed: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
    name: string,
    inputs: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): T => {
    inner.push(0);
    const start = performance.now();
    const result = run<T>(name, inputs, attributes);
    const elapsed = performance.now() - start;
    const own = elapsed - inner.pop()!;
    if (inner.length > 0) inner[inner.length - 1]! += elapsed;
    const entry = times.get(name) ?? { ms: 0, calls: 0 };
    times.set(name, { ms: entry.ms + own, calls: entry.calls + 1 });
    return result;
  };
  engine.runKernel = timed;
  try {
    work();
  } finally {
    engine.runKernel = run;
  }
  return times;
}

/** Measured once: they are the machine's and the engine's. */
let known: { readonly backend: unknown; readonly limits: Limits | null } | null = null;

function limitsHere(): Limits | null {
  const backend = tf.backend();
  if (known?.backend !== backend) known = { backend, limits: measureLimits() };
  return known.limits;
}

/** Builds the model with its default settings (and `settings` over them), warms up and times steps. */
export async function measure(
  definition: AnyModelDefinition,
  { batch, steps, scenarios = 3, settings: given = {} }: MeasureOptions,
): Promise<Measurement> {
  const began = performance.now();
  const settings = { ...defaultSettings(definition.fields), ...given };
  const options = { batch, scenarios, settings, seed: 1, learningRate: 1e-3 };
  const { model, batch: read, step: take, dispose } = benchModel(definition, options);
  const batches = Array.from({ length: 4 }, (_, i) => read(i));
  let number = 0;
  const step = (): void => {
    take(batches[number % batches.length]!, number);
    number++;
  };
  try {
    step();
  } catch (error) {
    dispose();
    throw error;
  }
  await settle(model.table.tensor);
  const firstStepMs = performance.now() - began;
  for (let i = 0; i < 4; i++) step();
  await settle(model.table.tensor);

  const wall: number[] = [];
  const thread: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    step();
    thread.push(performance.now() - start);
    await settle(model.table.tensor);
    wall.push(performance.now() - start);
  }
  const dispatchesPerStep = countDispatches(step);
  const webgpu = tf.getBackend() === 'webgpu';
  const profiles = webgpu ? [] : Array.from({ length: 8 }, () => timeKernels(step));
  const counts = new Map<string, { ms: number; calls: number }>();
  if (webgpu) {
    for (const { kernel, dispatched } of traceKernels(step)) {
      if (dispatched) counts.set(kernel, { ms: 0, calls: (counts.get(kernel)?.calls ?? 0) + 1 });
    }
  }
  const kernels = Object.fromEntries(
    [...(profiles[0]?.keys() ?? [])]
      .map((name) => {
        const entries = profiles.map((profile) => profile.get(name)!);
        return [name, { ms: Math.min(...entries.map(({ ms }) => ms)), calls: entries[0]!.calls }] as const;
      })
      .sort(([, a], [, b]) => b.ms - a.ms),
  );
  if (webgpu) Object.assign(kernels, Object.fromEntries(counts));
  const msPerStep = median(wall);
  const bestMsPerStep = Math.min(...wall);
  const inKernels = Object.values(kernels).reduce((sum, { ms }) => sum + ms, 0);
  const memory = memoryOf();
  const peak = peakBytes(step);
  const limits = limitsHere();
  const roofline = limits && rooflineOf(step, limits);
  const parameters = [model.table, ...model.parameters].reduce((sum, { tensor }) => sum + tensor.size, 0);
  dispose();
  return {
    model: definition.id,
    backend: tf.getBackend(),
    batch,
    scenarios,
    parameters,
    msPerStep,
    bestMsPerStep,
    jsMsPerStep: webgpu ? median(thread) : Math.max(0, bestMsPerStep - inKernels),
    dispatchesPerStep,
    samplesPerSecond: (1000 * batch) / msPerStep,
    tensors: memory.tensors,
    bytes: memory.bytes,
    peakBytes: peak,
    gpuBytes: memory.gpuBytes,
    firstStepMs,
    roofline: roofline && limits && { ...roofline, limits },
    kernels,
  };
}
