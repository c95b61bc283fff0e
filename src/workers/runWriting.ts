/** What writes runs into storage, and reads no more of them than it needs: its worker starts beside the training's own opening. */
import { beforeRecord, packParts, writePosition } from './runPositions';
import { RUN_STORES } from './storage';
import type { Storage } from './storage';
import type { RunProgress } from './runProgress';
import type { RunArtifacts, RunSummary } from './protocol';
import type { RunRecord } from '../training/runRecord';

export const nothing: RunArtifacts = { weights: null, checkpoint: null };
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

export interface RunWriting {
  /** Writes a record whole, with what is given beside it. */
  readonly write: (record: RunRecord, artifacts: Partial<RunArtifacts>) => Promise<void>;
  readonly keepProgress: (progress: RunProgress) => Promise<number | null>;
}

/** @param changed told after what others should hear of */
export function openRunWriting(storage: Storage, changed: () => void): RunWriting {
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

  return { write, keepProgress };
}
