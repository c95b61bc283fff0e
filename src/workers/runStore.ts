/** Runs in IndexedDB. Page and worker use the same store; a broadcast channel tells each of the other's changes. */
import { upgradeRecord } from '../training/storedRecord';
import { openDatabase } from './storage';
import type { StorageDatabase } from './storage';
import type { RunArtifacts, RunStore, RunSummary } from './protocol';
import type { RunRecord } from '../training/runRecord';

const FULL = 'The browser’s storage is full; delete runs or imported datasets to make room.';

/** Whether a write failed for want of room: browsers name it, or abort the transaction with it as the reason. */
function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

const nothing: RunArtifacts = { weights: null, checkpoint: null };

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

/**
 * Opens on first use.
 *
 * @param name database, and channel on which changes are told
 */
export function openRunStore(name = 'scenarium'): RunStore {
  let opening: Promise<StorageDatabase> | null = null;
  const database = (): Promise<StorageDatabase> => {
    opening ??= openDatabase(name).catch((error: unknown) => {
      opening = null; // a refusal may be lifted: try again next time
      throw error;
    });
    return opening;
  };
  const listeners = new Set<() => void>();
  let channel: BroadcastChannel | null = null;
  const connect = (): BroadcastChannel => {
    if (!channel) {
      channel = new BroadcastChannel(`${name}-runs`);
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

  const write = async (record: RunRecord, artifacts: Partial<RunArtifacts>): Promise<void> => {
    const db = await database();
    const transaction = db.transaction(['summaries', 'records', 'artifacts'], 'readwrite');
    const kept = (await transaction.objectStore('artifacts').get(record.id)) ?? nothing;
    const merged = { ...kept, ...artifacts };
    // A name that a person gave while the run went on wins over the worker's.
    const known = await transaction.objectStore('summaries').get(record.id);
    const named = known && known.name !== record.name ? { ...record, name: known.name } : record;
    await Promise.all([
      transaction.objectStore('summaries').put(summarise(named, merged), record.id),
      transaction.objectStore('records').put(named, record.id),
      transaction.objectStore('artifacts').put(merged, record.id),
      transaction.done,
    ]).catch((error: unknown) => {
      throw isFull(error) ? new Error(FULL, { cause: error }) : error;
    });
    changed();
  };

  return {
    async list() {
      const all = await (await database()).getAll('summaries');
      return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
    },
    async get(id) {
      const stored = await (await database()).get('records', id);
      return stored ? upgradeRecord(stored) : null;
    },
    async artifacts(id) {
      return (await (await database()).get('artifacts', id)) ?? nothing;
    },
    put: (record, artifacts = {}) => write(record, artifacts),
    async rename(id, title) {
      const db = await database();
      const transaction = db.transaction(['summaries', 'records'], 'readwrite');
      const summary = await transaction.objectStore('summaries').get(id);
      const record = await transaction.objectStore('records').get(id);
      if (summary) await transaction.objectStore('summaries').put({ ...summary, name: title }, id);
      if (record) await transaction.objectStore('records').put({ ...record, name: title }, id);
      await transaction.done;
      changed();
    },
    async remove(id) {
      const db = await database();
      const transaction = db.transaction(['summaries', 'records', 'artifacts'], 'readwrite');
      const record = await transaction.objectStore('records').get(id);
      const artifacts = (await transaction.objectStore('artifacts').get(id)) ?? nothing;
      await Promise.all([
        transaction.objectStore('summaries').delete(id),
        transaction.objectStore('records').delete(id),
        transaction.objectStore('artifacts').delete(id),
        transaction.done,
      ]);
      changed();
      return record ? { record, artifacts } : null;
    },
    restore: ({ record, artifacts }) => write(record, artifacts),
    onChange(listener) {
      listeners.add(listener);
      connect();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          channel?.close();
          channel = null;
        }
      };
    },
  };
}
