/** Entry of the worker that reads, imports and simulates data. Holds no tensors. */
import * as Comlink from 'comlink';
import { DataSession } from './dataSession';
import { DatasetSource } from './datasets';
import { transferMemory } from './transferMemory';
import type { DataWorker, RunStore } from './protocol';

const datasets = new DatasetSource();

/** The session, and what a worker adds to it: the page's address, and files that are handed over and not copied. */
class DataService extends DataSession implements DataWorker {
  connect(base: string): void {
    datasets.connect(base);
  }

  override async exportDataset(id: string): ReturnType<DataWorker['exportDataset']> {
    return transferMemory(await super.exportDataset(id));
  }

  override async takeAlong(...run: Parameters<DataWorker['takeAlong']>): Promise<Uint8Array> {
    return transferMemory(await super.takeAlong(...run));
  }
}

let store: Promise<RunStore> | null = null;
/** Opened with the first run that is asked for. */
const runs = async (): Promise<RunStore> =>
  (store ??= import('./runFiles').then(({ openRunStore }) => openRunStore()));

Comlink.expose(new DataService(datasets, { get: async (id) => (await runs()).get(id) }));
