/**
 * The one IndexedDB database of the lab: runs, their weights, what a person made, and datasets made or imported here. A
 * connection may end at any time (the browser's storage is cleared, another tab brings a newer version): it is opened
 * again, and whoever listens is told where everything that was kept is gone.
 */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { newRunId } from './runId';
import type { Durability } from './durability';
import type { CatalogueEntry, RemovedRun, RunArtifacts, RunSummary } from './protocol';
import type { PositionPart, StoredPosition } from './runProgress';
import type { Dataset } from '../data/dataset';
import type { TrainingEvent } from '../training/events';
import type { RunRecord } from '../training/runRecord';

export interface StorageSchema extends DBSchema {
  /** Small rows for the list, so that listing never reads a record. */
  summaries: { key: string; value: RunSummary };
  records: { key: string; value: RunRecord };
  artifacts: { key: string; value: RunArtifacts };
  entries: { key: string; value: CatalogueEntry };
  datasets: { key: string; value: Dataset };
  /** What a person made beside runs (queue, ablations, pins), by name; JSON texts. */
  values: { key: string; value: string };
  /** Where runs under way stand (`runPositions.ts`): what changes with every step, */
  positions: { key: string; value: StoredPosition };
  /** its arrays as safetensors files, by run and part, */
  positionArrays: { key: [string, PositionPart]; value: Uint8Array };
  /** and what the run told since its record was written, by run and number of events before. */
  events: { key: [string, number]; value: readonly TrainingEvent[] };
  /** Deleted runs, for as long as their deletion can be taken back. */
  removed: { key: string; value: RemovedRun };
}

export type StorageDatabase = IDBPDatabase<StorageSchema>;
type Store = StoreNames<StorageSchema>;
type Writing<S extends Store> = IDBPTransaction<StorageSchema, S[], 'readwrite'>;

/** All that is kept of a run; one transaction over them at a time. */
export const RUN_STORES = [
  'summaries',
  'records',
  'artifacts',
  'positions',
  'positionArrays',
  'events',
  'removed',
] as const;
export type RunTransaction<Mode extends 'readonly' | 'readwrite'> = IDBPTransaction<
  StorageSchema,
  (typeof RUN_STORES)[number][],
  Mode
>;

const VERSION = 3;
const STORES: readonly Store[] = [...RUN_STORES, 'entries', 'datasets', 'values'];
/** Under it stands, from the day that the database is made, which one it is. */
const IDENTITY = 'database';

const REFUSED =
  'This browser does not let the page store anything, so a run can be looked at until the next one begins, and is not kept.';
const BLOCKED =
  'Another tab shows an earlier version of this page and holds what is kept; close that tab, or reload it.';
const FULL = 'The browser’s storage is full; delete runs or imported datasets to make room.';

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof DOMException && names.includes(error.name);

/** Errors of a connection that ended while it was used. */
const hasEnded = (error: unknown): boolean =>
  isNamed(error, 'InvalidStateError', 'AbortError', 'UnknownError');

/** The channel on which tabs and workers tell each other that runs changed. */
export const changesChannel = ({ name }: Pick<Storage, 'name'>): string => `${name}-runs`;

export class Storage {
  private opening: Promise<StorageDatabase> | null = null;
  /** Which database was last open. */
  private identity: string | null = null;
  private readonly clearedListeners = new Set<() => void>();

  constructor(readonly name = 'scenarium') {}

  /**
   * Works on the open database, once more where the connection ended meanwhile.
   *
   * @throws Error with one sentence where the browser refuses storage, is full, or another tab is in the way
   */
  async use<T>(work: (database: StorageDatabase) => Promise<T>): Promise<T> {
    const opened = this.open();
    const database = await opened;
    try {
      return await work(database);
    } catch (error) {
      if (isNamed(error, 'QuotaExceededError')) throw new Error(FULL, { cause: error });
      const ended = this.opening !== opened || isNamed(error, 'InvalidStateError');
      if (!ended || !hasEnded(error)) throw error;
      if (this.opening === opened) this.opening = null;
      return await work(await this.open());
    }
  }

  /** One transaction over some stores: all of it is written, or nothing. */
  write<T, S extends Store>(
    stores: readonly S[],
    durability: Durability,
    work: (transaction: Writing<S>) => Promise<T>,
  ): Promise<T> {
    return this.use(async (database) => {
      const transaction = database.transaction([...stores], 'readwrite', { durability });
      const done = transaction.done;
      done.catch(() => undefined); // told below, or by the work itself
      try {
        const result = await work(transaction);
        await done;
        return result;
      } catch (error) {
        try {
          transaction.abort();
        } catch {
          // it has ended already
        }
        // A request that fails for want of room says less than its transaction.
        throw transaction.error ?? error;
      }
    });
  }

  /** Called when all that was kept has gone, e.g. because the browser's storage was cleared. Returns the way to stop listening. */
  onCleared(listener: () => void): () => void {
    this.clearedListeners.add(listener);
    return () => this.clearedListeners.delete(listener);
  }

  private open(): Promise<StorageDatabase> {
    if (this.opening) return this.opening;
    const opening: Promise<StorageDatabase> = this.connect(() => {
      if (this.opening !== opening) return;
      this.opening = null;
      // Whoever waits to hear of a loss should not have to write first.
      if (this.clearedListeners.size > 0) this.open().catch(() => undefined);
    });
    this.opening = opening;
    opening.catch(() => {
      // A refusal may be lifted: try again next time.
      if (this.opening === opening) this.opening = null;
    });
    return opening;
  }

  private async connect(ended: () => void): Promise<StorageDatabase> {
    let database: StorageDatabase;
    try {
      database = await this.openDatabase(ended);
    } catch (error) {
      if (error instanceof Error && error.message === BLOCKED) throw error;
      throw new Error(REFUSED, { cause: error });
    }
    const identity = (await database.get('values', IDENTITY)) ?? null;
    const before = this.identity;
    this.identity = identity;
    if (before !== null && identity !== before) for (const listener of [...this.clearedListeners]) listener();
    return database;
  }

  private openDatabase(ended: () => void): Promise<StorageDatabase> {
    return new Promise((resolve, reject) => {
      const opening = openDB<StorageSchema>(this.name, VERSION, {
        upgrade(database, _from, _to, transaction) {
          for (const store of STORES)
            if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
          void transaction.objectStore('values').put(newRunId(), IDENTITY);
        },
        blocked: () => reject(new Error(BLOCKED)),
        // Another tab brings a newer version, or deletes the database: it must not wait for this one.
        blocking: (_current, _blocked, event) => {
          (event.target as IDBDatabase).close();
          ended();
        },
        terminated: ended,
      });
      opening.then(resolve, reject);
    });
  }
}
