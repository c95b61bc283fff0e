/** Entry of the worker that trains: a session, its surroundings in a browser, and comlink. */
import * as Comlink from 'comlink';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { openBackend } from '../engine';
import { DatasetSource } from './datasets';
import { openRunStore } from './runStore';
import { Session } from './session';
import type { LabWorker, Tick } from './protocol';

/** Addresses are absolute: the WASM loader's own idea of where it runs is wrong inside a bundled worker. */
const wasmPath = Object.fromEntries(
  [
    ['tfjs-backend-wasm.wasm', plain],
    ['tfjs-backend-wasm-simd.wasm', simd],
    ['tfjs-backend-wasm-threaded-simd.wasm', threaded],
  ].map(([file, address]) => [file!, new URL(address!, self.location.href).href]),
);

let port: MessagePort | null = null;
let datasets: DatasetSource | null = null;
const runs = openRunStore();

const session = new Session({
  post: (tick: Tick) => port?.postMessage(tick),
  loadDataset: (id, onProgress) => {
    if (!datasets) throw new Error('The page has not connected yet; reload it.');
    return datasets.load(id, onProgress);
  },
  openBackend: (request) => openBackend(request, { wasmPath }),
  keep: (record, artifacts) => runs.put(record, artifacts),
});

const sent = <T extends { readonly buffer: ArrayBufferLike }>(value: T): T =>
  Comlink.transfer(value, [value.buffer as ArrayBuffer]);

const worker: LabWorker = {
  connect(given, base) {
    port = given;
    datasets = new DatasetSource(base);
  },
  ping: () => session.ping(),
  prepare: (setup) => session.prepare(setup),
  train: (run, setup, options) => session.train(run, setup, options),
  show: (run, setup, weights) => session.show(run, setup, weights),
  pause: (run) => session.pause(run),
  resume: (run) => session.resume(run),
  step: (run) => session.step(run),
  stop: (run) => session.stop(run),
  reset: (run) => session.reset(run),
  record: (run) => session.record(run),
  weights: async (run) => sent(await session.weights(run)),
  checkpoint: async (run) => sent(await session.checkpoint(run)),
  async predict(run, split) {
    const rows = await session.predict(run, split);
    const { score, probability, label, weight, scenario, truth } = rows;
    const arrays = [rows.rows, score, probability, label, weight, scenario, ...Object.values(rows.columns)];
    if (truth) arrays.push(truth);
    return Comlink.transfer(
      rows,
      arrays.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
  counterfactualRates: (run, split) => session.counterfactualRates(run, split),
  representations: (run) => session.representations(run),
  backendInfo: (request) => session.backendInfo(request),
};

Comlink.expose(worker);
