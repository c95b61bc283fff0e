/** Runs in IndexedDB. Page and worker use the same store; a broadcast channel tells each of the other's changes. */
import { upgradeRecord } from '../training/storedRecord';
import { newRunId } from './runId';
import { sameContent } from './sameContent';
import { Storage } from './storage';
import type { RunArtifacts, RunStore, RunSummary } from './protocol';
import type { RunRecord } from '../training/runRecord';

const nothing: RunArtifacts = { weights: null, checkpoint: null };
const OF_A_RUN = ['summaries', 'records', 'artifacts'] as const;

function summarise(record: RunRecord, artifacts: RunArtifacts): RunSummary {
  const metrics = record.final ?? record.history.at(-1)?.metrics ?? null;
  return {
    id: record.id,
    name: record.name,
    createdAt: record.createdAt,
    status: record.status,
    setup: record.setup,
    datasetTitle: record.datasetTitle,
    step: record.step,
    domainAuc: metrics?.domainAuc ?? null,
    domainNoiseFreeAuc: metrics?.domainNoiseFreeAuc ?? null,
    hasWeights: artifacts.weights !== null,
    hasCheckpoint: artifacts.checkpoint !== null,
  };
}

/** Whether two records tell of the same run; a name is only what a person calls it. */
function sameRun(a: RunRecord, b: RunRecord): boolean {
  return sameContent({ ...a, id: '', name: '' }, { ...b, id: '', name: '' });
}

/**
 * Opens on first use.
 *
 * @param given where runs are kept, or the database's name; changes are told on a channel of that name
 */
export function openRunStore(given: Storage | string = 'scenarium'): RunStore {
  const storage = typeof given === 'string' ? new Storage(given) : given;
  const listeners = new Set<() => void>();
  let channel: BroadcastChannel | null = null;
  const connect = (): BroadcastChannel => {
    if (!channel) {
      channel = new BroadcastChannel(`${storage.name}-runs`);
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

  const write = async (record: RunRecord, artifacts: Partial<RunArtifacts>): Promise<void> => {
    await storage.write([...OF_A_RUN, 'removed'], 'strict', async (transaction) => {
      const kept = (await transaction.objectStore('artifacts').get(record.id)) ?? nothing;
      const merged = { ...kept, ...artifacts };
      // A name that a person gave while the run went on wins over the worker's.
      const known = await transaction.objectStore('summaries').get(record.id);
      const named = known && known.name !== record.name ? { ...record, name: known.name } : record;
      await Promise.all([
        transaction.objectStore('summaries').put(summarise(named, merged), record.id),
        transaction.objectStore('records').put(named, record.id),
        transaction.objectStore('artifacts').put(merged, record.id),
        transaction.objectStore('removed').delete(record.id),
      ]);
    });
    changed();
  };

  const get = async (id: string): Promise<RunRecord | null> => {
    const stored = await storage.use((database) => database.get('records', id));
    return stored ? upgradeRecord(stored) : null;
  };

  return {
    async list() {
      const all = await storage.use((database) => database.getAll('summaries'));
      return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
    },
    get,
    artifacts: (id) => storage.use(async (database) => (await database.get('artifacts', id)) ?? nothing),
    put: (record, artifacts = {}) => write(record, artifacts),
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
      const removed = await storage.use(async (database) => {
        const record = await database.get('records', id);
        const artifacts = (await database.get('artifacts', id)) ?? nothing;
        return record ? { record, artifacts } : null;
      });
      const take = (keepForUndo: boolean) =>
        storage.write([...OF_A_RUN, 'removed'], 'strict', async (transaction) => {
          await Promise.all([
            ...OF_A_RUN.map((store) => transaction.objectStore(store).delete(id)),
            removed && keepForUndo && transaction.objectStore('removed').put(removed, id),
          ]);
        });
      // Where there is no room to keep it a moment longer, it was deleted to make some.
      await take(true).catch(() => take(false));
      changed();
      return removed;
    },
    restore: ({ record, artifacts }) => write(record, artifacts),
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
