/** Entry of the worker that trains: a session, its surroundings in a browser, and comlink. */
import * as Comlink from 'comlink';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { lostDevice, openBackend } from '../engine';
import { DatasetSource } from './datasets';
import { transferMemory } from './transferMemory';
import { runWriter } from './runWriter';
import { openRunStore } from './runStore';
import { Session } from './session';
import { Storage } from './storage';
import type { TrainingWorker, RunId, ScoredRows } from './protocol';

/** Addresses are absolute: the WASM loader's own idea of where it runs is wrong inside a bundled worker. */
const wasmPath = Object.fromEntries(
  [
    ['tfjs-backend-wasm.wasm', plain],
    ['tfjs-backend-wasm-simd.wasm', simd],
    ['tfjs-backend-wasm-threaded-simd.wasm', threaded],
  ].map(([file, address]) => [file!, new URL(address!, self.location.href).href]),
);

let port: MessagePort | null = null;
const datasets = new DatasetSource();
const storage = new Storage();

/** The session, and what a worker adds to it: the page's port and address, and answers that are handed over, not copied. */
class TrainingService extends Session implements TrainingWorker {
  connect(given: MessagePort, base: string): void {
    port = given;
    datasets.connect(base);
  }

  override async weights(run: RunId): Promise<Uint8Array> {
    return transferMemory(await super.weights(run));
  }

  override async checkpoint(run: RunId): Promise<Uint8Array> {
    return transferMemory(await super.checkpoint(run));
  }

  override async predict(run: RunId, split: 'validation' | 'test'): Promise<ScoredRows> {
    return transferMemory(await super.predict(run, split));
  }
}

const service = new TrainingService({
  post: (tick) => port?.postMessage(tick),
  loadDataset: (id, onProgress) => datasets.load(id, onProgress),
  openBackend: (request) => openBackend(request, { wasmPath }),
  writer: runWriter(storage),
  lastCheckpoint: async (run) => (await openRunStore(storage).artifacts(run)).checkpoint,
  lostDevice,
});
storage.onCleared(() => void service.keepAgain());
Comlink.expose(service);
