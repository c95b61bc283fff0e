/** The browser's side of the benchmark: opens a backend, checks it and measures models, on the driver's call. */
import { openBackend, type BackendInfo, type BackendRequest } from '../src/engine';
import { findModel, models } from '../src/models/registry';
import { checkBackend, type CheckResult } from './check';
import { measure, type MeasureOptions, type Measurement } from './measure';

export interface BenchPage {
  open(request: BackendRequest): Promise<BackendInfo>;
  models(): string[];
  check(ids?: readonly string[]): Promise<CheckResult[]>;
  measure(id: string, options: MeasureOptions): Promise<Measurement>;
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

window.bench = {
  open: (request) =>
    openBackend(request, {
      wasmPath: Object.fromEntries(
        Object.entries(binaries).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]),
      ),
    }),
  models: () => models.map(({ id }) => id),
  check: (ids) => checkBackend(ids),
  measure: (id, options) => measure(findModel(id), options),
};
