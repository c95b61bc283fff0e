/** How the worker that trains writes runs: through a worker of its own, or by itself where there can be none. */
import { scriptAddress } from '../engine/scriptAddress';
import { transferMemory } from './transferMemory';
import { openRunStore } from './runStore';
import storageWorker from './storage.worker.ts?worker&url';
import { Supervised } from './supervised';
import type { RunWriter } from './runKeeper';
import type { Storage } from './storage';

/** @param storage of this worker, used where the other cannot be */
export function runWriter(storage: Storage): RunWriter {
  const here = openRunStore(storage);
  let broken = typeof Worker === 'undefined';
  const worker = new Supervised<RunWriter>(
    () => new Worker(scriptAddress(storageWorker), { type: 'module', name: 'storage' }),
    () => undefined,
  );
  /** Whether an error is that of the worker, which could not start or ended, and not of what it was asked. */
  const isOfWorker = (): boolean => (broken ||= !worker.alive);
  return {
    async put(record, artifacts) {
      if (broken) return here.put(record, artifacts);
      return worker.send('put', record, artifacts).catch((error: unknown) => {
        if (isOfWorker()) return here.put(record, artifacts);
        throw error;
      });
    },
    async keepProgress(progress) {
      if (broken) return here.keepProgress(progress);
      return worker
        .send('keepProgress', transferMemory(progress, progress.arrays))
        .catch((error: unknown) => {
          if (isOfWorker()) return null; // its arrays went with the worker: they are sent again
          throw error;
        });
    },
  };
}
