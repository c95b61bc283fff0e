/** The browser's side of benchmarks and checks: opens a backend, then measures, compares or trains on the driver's call. */
import { lostDevice, openBackend, type BackendInfo, type BackendRequest } from '../src/engine';
import { webgpu } from '../src/engine/backends/webgpu/program';
import { findModel, models } from '../src/models/registry';
import { compareFixture, type Deviation } from '../tests/support/compare';
import type { Fixture } from '../tests/support/fixture';
import { longRun, type LongRun } from '../tests/support/longRun';
import { compareReplay, type ReplayComparison } from '../tests/support/compareReplay';
import { checkBackend, type CheckResult } from './check';
import { compareKernels } from './kernels';
import { measureReplay, type ReplayMeasurement, type ReplayOptions } from './replay';
import { measure, type MeasureOptions, type Measurement } from './measure';

export interface BenchPage {
  /** @param threads of WASM; as many as the engine takes where left out */
  open(request: BackendRequest, threads?: number): Promise<BackendInfo>;
  /** Takes the graphics device away, as a driver's crash does. @returns why it is gone, as the engine tells */
  loseDevice(): Promise<string | null>;
  models(): string[];
  check(ids?: readonly string[]): Promise<CheckResult[]>;
  measure(id: string, options: MeasureOptions): Promise<Measurement>;
  /** Steps run and replayed, on WebGPU. */
  measureReplay(id: string, options: ReplayOptions): Promise<ReplayMeasurement>;
  /** A model against the numbers of its independent implementation. */
  compare(fixture: Fixture): Promise<Deviation[]>;
  /** The same steps of a model run and replayed, compared to the bit. */
  compareReplay(id: string, batch: number, steps: number): Promise<ReplayComparison>;
  /** The library's kernels against the CPU backend: the largest difference of each. */
  compareKernels(): Promise<Record<string, number>>;
  /** @throws Error where no backend was opened */
  longRun(id: string, steps: number, evaluateEvery: number): Promise<LongRun>;
}

declare global {
  interface Window {
    bench?: BenchPage;
  }
}

const binaries = import.meta.glob<string>('/node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm', {
  query: '?url',
  import: 'default',
  eager: true,
});

const wasmPath = Object.fromEntries(
  Object.entries(binaries).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]),
);

let backend: BackendInfo | null = null;

window.bench = {
  async open(request, threads) {
    backend = await openBackend(request, { wasmPath, ...(threads !== undefined && { threads }) });
    return backend;
  },
  async loseDevice() {
    const { device } = webgpu();
    device.destroy();
    await device.lost;
    return lostDevice();
  },
  models: () => models.map(({ id }) => id),
  check: (ids) => checkBackend(ids),
  measure: (id, options) => measure(findModel(id), options),
  measureReplay,
  compare: compareFixture,
  compareReplay,
  compareKernels,
  longRun(id, steps, evaluateEvery) {
    if (!backend) throw new Error('Open a backend first.');
    return longRun(id, backend, steps, evaluateEvery);
  },
};
