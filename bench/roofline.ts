/** What a step asks of the machine at least: its products at the rate of the best product here, the rest at the rate of memory. */
import * as tf from '@tensorflow/tfjs-core';
import { wasmKernels, type WasmKernels } from '../src/engine/backends/wasm/module';
import type { WasmExports } from '../src/engine/backends/wasm/exports';

/** Measured on one thread of this machine and engine. */
export interface Limits {
  /** Of our product at its best, 2 per multiplication and addition. */
  readonly gigaflops: number;
  /** Bytes read and written a second by an addition of megabyte-sized tensors, in 10⁹. */
  readonly gigabytes: number;
}

export interface Roofline {
  /** Multiplications of the step's matrix products, in millions. */
  readonly megaMultiplications: number;
  /** Bytes that its kernels' operands and results hold, in 10⁶; looked-up rows of a table in place of the table. */
  readonly megabytes: number;
  /** Least milliseconds at both limits: for each kernel the larger of its product's and its memory's. */
  readonly floorMs: number;
}

/** Products of one kernel, `m n k` each. */
interface Counter {
  multiplications: number;
}

/** The exports with products counted. */
function counting(run: WasmExports, counter: Counter): WasmExports {
  return {
    ...run,
    gemm: (...given) => {
      counter.multiplications += given[4] * given[5] * given[6];
      return run.gemm(...given);
    },
    gemmSmall: (...given) => {
      counter.multiplications += given[3] * given[4] * given[5] * given[6];
      return run.gemmSmall(...given);
    },
  };
}

/** Runs `work` with products counted, on the open WASM backend. */
function withCounter(kernels: WasmKernels, work: (counter: Counter) => void): void {
  const open = kernels as { run: WasmExports };
  const { run } = open;
  const counter: Counter = { multiplications: 0 };
  open.run = counting(run, counter);
  try {
    work(counter);
  } finally {
    open.run = run;
  }
}

const VALUE_BYTES = 4;
const sizeOf = (tensors: readonly (tf.Tensor | undefined)[]): number =>
  tensors.reduce((sum, tensor) => sum + (tensor?.size ?? 0), 0);

/** Kernels that write into what they read: it moves twice. */
const IN_PLACE = new Set(['EngineAdam', 'EngineAdamTable', 'EngineAddInto']);
/** Kernels that only rename memory. */
const FREE = new Set(['Reshape', 'Identity', 'ExpandDims', 'StopGradient']);

function bytesOf(kernel: string, inputs: tf.NamedTensorMap, outputs: readonly tf.Tensor[]): number {
  if (FREE.has(kernel)) return 0;
  if (kernel === 'GatherV2') return VALUE_BYTES * (2 * sizeOf(outputs) + (inputs.indices?.size ?? 0));
  const read = sizeOf(Object.values(inputs));
  return VALUE_BYTES * (read + (IN_PLACE.has(kernel) ? read : sizeOf(outputs)));
}

/** @returns null where products are not ours to count: off WASM, or on several threads */
export function rooflineOf(step: () => void, limits: Limits): Roofline | null {
  const kernels = wasmKernels();
  if (!kernels || kernels.pool) return null;
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  let [multiplications, bytes, floorMs] = [0, 0, 0];
  withCounter(kernels, (counter) => {
    // A composite counts what its parts did not.
    let counted = 0;
    const watched: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
      kernel: string,
      inputs: tf.NamedTensorMap,
      attributes?: tf.NamedAttrMap,
    ): T => {
      const [productsBefore, countedBefore, bytesBefore] = [counter.multiplications, counted, bytes];
      const result = run<T>(kernel, inputs, attributes);
      const moved = bytes > bytesBefore ? 0 : bytesOf(kernel, inputs, ([] as tf.Tensor[]).concat(result));
      const products = counter.multiplications - productsBefore - (counted - countedBefore);
      counted += products;
      multiplications += products;
      bytes += moved;
      floorMs += Math.max((2 * products) / limits.gigaflops, moved / limits.gigabytes) / 1e6;
      return result;
    };
    engine.runKernel = watched;
    try {
      step();
    } finally {
      engine.runKernel = run;
    }
  });
  return { megaMultiplications: multiplications / 1e6, megabytes: bytes / 1e6, floorMs };
}

/** The least time of `work` in milliseconds, tried for about `forMs`. */
function least(work: () => void, forMs: number): number {
  let best = Infinity;
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const began = performance.now();
    work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** Rows, columns and inner length of the product that is timed: the three fit the second cache. */
const PRODUCT = [256, 256, 256] as const;
/** Values of the tensors that are added, 1 MiB each. */
const ADDED = 2 ** 18;
const TRY_MS = 400;

/** On the open WASM backend, one thread. @returns null elsewhere */
export function measureLimits(): Limits | null {
  const kernels = wasmKernels();
  if (!kernels || kernels.pool) return null;
  const [m, n, k] = PRODUCT;
  return tf.tidy(() => {
    const [a, b] = [tf.randomUniform([m, k], -1, 1), tf.randomUniform([k, n], -1, 1)];
    const [x, y] = [tf.randomUniform([ADDED], -1, 1), tf.randomUniform([ADDED], -1, 1)];
    const product = least(() => tf.matMul(a, b).dispose(), TRY_MS);
    const addition = least(() => tf.add(x, y).dispose(), TRY_MS);
    return {
      gigaflops: (2 * m * n * k) / product / 1e6,
      gigabytes: (3 * VALUE_BYTES * ADDED) / addition / 1e6,
    };
  });
}
