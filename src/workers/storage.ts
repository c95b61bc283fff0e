/** The one IndexedDB database of the lab: runs, their weights, and datasets made or imported here. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { CatalogueEntry, RunArtifacts, RunSummary } from './protocol';
import type { Dataset } from '../data/dataset';
import type { RunRecord } from '../training/runRecord';

interface StorageSchema extends DBSchema {
  /** Small rows for the list, so that listing never reads a record. */
  summaries: { key: string; value: RunSummary };
  records: { key: string; value: RunRecord };
  artifacts: { key: string; value: RunArtifacts };
  entries: { key: string; value: CatalogueEntry };
  datasets: { key: string; value: Dataset };
}

export type StorageDatabase = IDBPDatabase<StorageSchema>;

/** @throws Error with one sentence where the browser refuses storage (private windows of some browsers). */
export async function openDatabase(name = 'scenarium'): Promise<StorageDatabase> {
  try {
    return await openDB<StorageSchema>(name, 1, {
      upgrade(database) {
        for (const store of ['summaries', 'records', 'artifacts', 'entries', 'datasets'] as const) {
          database.createObjectStore(store);
        }
      },
    });
  } catch (error) {
    throw new Error(
      'This browser does not let the page store anything, so a run can be looked at until the next one begins, and is not kept.',
      { cause: error },
    );
  }
}
