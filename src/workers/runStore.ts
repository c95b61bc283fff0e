/** Runs in IndexedDB. Page and worker use the same store; a broadcast channel tells each of the other's changes. */
import { newRunId } from './runId';
import { upgradeRecord } from '../training/storedRecord';
import { checkpointNow } from './runCheckpoint';
import { beforeRecord, recordNow } from './runPositions';
import { nothing, openRunWriting } from './runWriting';
import { sameContent } from './sameContent';
import { changesChannel, RUN_STORES, Storage } from './storage';
import type { Reading } from './runPositions';
import type { RunWriter } from './runKeeper';
import type { RunArtifacts, RunStore } from './protocol';
import type { RunRecord } from '../training/runRecord';

/** Whether two records tell of the same run; a name is only what a person calls it. */
function sameRun(a: RunRecord, b: RunRecord): boolean {
  return sameContent({ ...a, id: '', name: '' }, { ...b, id: '', name: '' });
}

/**
 * Opens on first use.
 *
 * @param given where runs are kept, or the database's name; changes are told on a channel of that name
 */
export function openRunStore(given: Storage | string = 'scenarium'): RunStore & RunWriter {
  const storage = typeof given === 'string' ? new Storage(given) : given;
  const listeners = new Set<() => void>();
  let channel: BroadcastChannel | null = null;
  const connect = (): BroadcastChannel => {
    if (!channel) {
      channel = new BroadcastChannel(changesChannel(storage));
      channel.onmessage = () => {
        for (const listener of [...listeners]) listener();
      };
    }
    return channel;
  };
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
    connect().postMessage('changed');
  };
  let stopCleared: (() => void) | null = null;

  const { write, keepProgress } = openRunWriting(storage, changed);
  const read = <T>(work: (transaction: Reading) => Promise<T>): Promise<T> =>
    storage.use((database) => work(database.transaction([...RUN_STORES])));
  const get = (id: string): Promise<RunRecord | null> =>
    read((transaction) => recordNow(transaction, id, upgradeRecord));
  const artifacts = async (id: string): Promise<RunArtifacts> => {
    const kept = await storage.use(async (database) => (await database.get('artifacts', id)) ?? nothing);
    const checkpoint = await read((transaction) => checkpointNow(transaction, id));
    return checkpoint ? { ...kept, checkpoint } : kept;
  };

  return {
    async list() {
      const all = await storage.use((database) => database.getAll('summaries'));
      return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
    },
    get,
    artifacts,
    put: (record, some = {}) => write(record, some),
    keepProgress,
    async add(record) {
      const there = await get(record.id);
      if (there && sameRun(there, record)) return { id: record.id, as: 'known' };
      if (there) {
        // Imported before beside the one that is kept: once is enough.
        for (const { id, createdAt } of await storage.use((database) => database.getAll('summaries'))) {
          if (createdAt !== record.createdAt || id === record.id) continue;
          const other = await get(id);
          if (other && sameRun(other, record)) return { id, as: 'known' };
        }
      }
      const id = there ? newRunId() : record.id;
      await write({ ...record, id }, {});
      return { id, as: there ? 'beside' : 'new' };
    },
    async rename(id, title) {
      await storage.write(['summaries', 'records'], 'strict', async (transaction) => {
        const summary = await transaction.objectStore('summaries').get(id);
        const record = await transaction.objectStore('records').get(id);
        if (summary) await transaction.objectStore('summaries').put({ ...summary, name: title }, id);
        if (record) await transaction.objectStore('records').put({ ...record, name: title }, id);
      });
      changed();
    },
    async remove(id) {
      const record = await get(id);
      const removed = record ? { record, artifacts: await artifacts(id) } : null;
      const take = (keepForUndo: boolean) =>
        storage.write(RUN_STORES, 'strict', async (transaction) => {
          await Promise.all([
            beforeRecord(transaction, id, true),
            ...(['summaries', 'records', 'artifacts'] as const).map((store) =>
              transaction.objectStore(store).delete(id),
            ),
            removed && keepForUndo && transaction.objectStore('removed').put(removed, id),
          ]);
        });
      // Where there is no room to keep it a moment longer, it was deleted to make some.
      await take(true).catch(() => take(false));
      changed();
      return removed;
    },
    restore: ({ record, artifacts: all }) => write(record, all),
    removed: () => storage.use((database) => database.getAll('removed')),
    forget: (id) => storage.use((database) => database.delete('removed', id)),
    onChange(listener) {
      listeners.add(listener);
      connect();
      stopCleared ??= storage.onCleared(() => {
        for (const one of [...listeners]) one();
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          channel?.close();
          channel = null;
          stopCleared?.();
          stopCleared = null;
        }
      };
    },
  };
}
