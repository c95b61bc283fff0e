/** Runs in IndexedDB. Page and worker use the same store; a broadcast channel tells each of the other's changes. */
import { newRunId } from './runId';
import { beforeRecord, checkpointNow, packParts, recordNow, writePosition } from './runPositions';
import { sameContent } from './sameContent';
import { RUN_STORES, Storage } from './storage';
import type { Reading } from './runPositions';
import type { RunWriter } from './runKeeper';
import type { RunProgress } from './runProgress';
import type { RunArtifacts, RunStore, RunSummary } from './protocol';
import type { RunRecord } from '../training/runRecord';

const nothing: RunArtifacts = { weights: null, checkpoint: null };
/** Other tabs hear of a run that only went on this often. */
const TELL_MS = 10_000;

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
export function openRunStore(given: Storage | string = 'scenarium'): RunStore & RunWriter {
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
    await storage.write(RUN_STORES, 'strict', async (transaction) => {
      await beforeRecord(transaction, record.id, artifacts.checkpoint !== undefined);
      const kept = (await transaction.objectStore('artifacts').get(record.id)) ?? nothing;
      const merged = { ...kept, ...artifacts };
      // A name that a person gave while the run went on wins over the worker's.
      const known = await transaction.objectStore('summaries').get(record.id);
      const named = known && known.name !== record.name ? { ...record, name: known.name } : record;
      await Promise.all([
        transaction.objectStore('summaries').put(
          {
            ...summarise(named, merged),
            ...((await transaction.objectStore('positions').count(record.id)) > 0 && { hasCheckpoint: true }),
          },
          record.id,
        ),
        transaction.objectStore('records').put(named, record.id),
        transaction.objectStore('artifacts').put(merged, record.id),
        transaction.objectStore('removed').delete(record.id),
      ]);
    });
    changed();
  };

  const read = <T>(work: (transaction: Reading) => Promise<T>): Promise<T> =>
    storage.use((database) => work(database.transaction([...RUN_STORES])));
  const get = (id: string): Promise<RunRecord | null> => read((transaction) => recordNow(transaction, id));
  const artifacts = async (id: string): Promise<RunArtifacts> => {
    const kept = await storage.use(async (database) => (await database.get('artifacts', id)) ?? nothing);
    const checkpoint = await read((transaction) => checkpointNow(transaction, id));
    return checkpoint ? { ...kept, checkpoint } : kept;
  };

  let toldAt = Number.NEGATIVE_INFINITY;
  const keepProgress = async (progress: RunProgress): Promise<number | null> => {
    const { run, record, status, step } = progress;
    const parts = packParts(progress);
    let told = false;
    const kept = await storage.write(RUN_STORES, progress.durability, async (transaction) => {
      const events = await writePosition(transaction, progress, parts);
      if (events === null) return null;
      const summaries = transaction.objectStore('summaries');
      const known = await summaries.get(run);
      if (record) {
        // The checkpoint of an earlier version, or of before, is behind this one.
        const before = (await transaction.objectStore('artifacts').get(run)) ?? nothing;
        await transaction.objectStore('artifacts').put({ ...before, checkpoint: null }, run);
        await transaction.objectStore('records').put({ ...record, name: known?.name ?? record.name }, run);
      }
      const evaluated = progress.events.findLast((event) => event.kind === 'evaluation');
      const base = record ? summarise(record, nothing) : known;
      if (base)
        await summaries.put(
          {
            ...base,
            name: known?.name ?? base.name,
            status,
            step,
            hasCheckpoint: true,
            ...(evaluated && {
              domainAuc: evaluated.metrics.domainAuc,
              domainNoiseFreeAuc: evaluated.metrics.domainNoiseFreeAuc,
            }),
          },
          run,
        );
      told = known?.status !== status || performance.now() - toldAt > TELL_MS;
      return events;
    });
    if (told) {
      toldAt = performance.now();
      changed();
    }
    return kept;
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
