/** Entry of the worker that reads, imports and simulates data. Holds no tensors. */
import * as Comlink from 'comlink';
import { DataSession } from './dataSession';
import { DatasetSource } from './datasets';
import type { DataWorker } from './protocol';

let session: DataSession | null = null;

function connected(): DataSession {
  if (!session) throw new Error('The page has not connected yet; reload it.');
  return session;
}

const worker: DataWorker = {
  connect(base) {
    session = new DataSession(new DatasetSource(base));
  },
  catalogue: () => connected().catalogue(),
  summary: (id) => connected().summary(id),
  rows: (id, offset, count) => connected().rows(id, offset, count),
  simulate: (request, onProgress) => connected().simulate(request, onProgress),
  inspect: (file, preset) => connected().inspect(file, preset),
  importFile: (file, mapping, onProgress) => connected().importFile(file, mapping, onProgress),
  async exportDataset(id) {
    const files = await connected().exportDataset(id);
    return Comlink.transfer(files, [files.parquet.buffer as ArrayBuffer]);
  },
  remove: (id) => connected().remove(id),
};

Comlink.expose(worker);
