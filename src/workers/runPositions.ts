/**
 * Where runs under way stand, in storage. A record is written whole at the beginning, at pauses' end and now and then; between, the
 * events since then are added to it, so that keeping a run costs what changed and not what it is.
 */
import { writeSafetensors } from '../training/checkpoint/safetensors';
import { recordOfRun, stateOfRecord } from '../training/recordRun';
import { reduceRun } from '../training/reduceRun';
import type { SafeTensor } from '../training/checkpoint/safetensors';
import type { TrainingEvent } from '../training/events';
import type { RunRecord } from '../training/runRecord';
import { withTopics } from '../training/storedProbes';
import type { StoredRecord } from '../training/storedProbes';
import type { Arrays, PositionPart, RunProgress, StoredPosition } from './runProgress';
import type { RunTransaction } from './storage';

export type Reading = RunTransaction<'readonly' | 'readwrite'>;
type Writing = RunTransaction<'readwrite'>;

/** So many events are kept beside a record before it is written whole. */
const MOST_EVENTS = 64;

const ofRun = (run: string): IDBKeyRange => IDBKeyRange.bound([run], [run, []]);

function packed(arrays: Arrays): Uint8Array {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, values] of Object.entries(arrays)) tensors.set(name, { shape: [values.length], values });
  return writeSafetensors(tensors);
}

/** Brings a record up to date that an earlier version may have stored. */
export type Upgrade = (stored: StoredRecord) => RunRecord;

/** The record of a run as it stands: as it was written, and what the run told since. */
export async function recordNow(
  transaction: Reading,
  run: string,
  upgrade: Upgrade,
): Promise<RunRecord | null> {
  const stored = await transaction.objectStore('records').get(run);
  if (!stored) return null;
  const record = upgrade(stored);
  const position = await transaction.objectStore('positions').get(run);
  if (!position || position.record) return record;
  return advanced(record, position, (await transaction.objectStore('events').getAll(ofRun(run))).flat());
}

function advanced(
  record: RunRecord,
  { status, step, timings }: StoredPosition,
  events: readonly TrainingEvent[],
): RunRecord {
  const state = [...events, { kind: 'step', step } as const].reduce(reduceRun, stateOfRecord(record));
  const { id, name, createdAt, setup, versions } = record;
  return recordOfRun(state, { id, name, createdAt, setup, versions, status, failure: null, timings });
}

/**
 * A record is about to be written whole. `dropped`: its position belongs to it no more; else the position stays, with the
 * record as it was there.
 */
export async function beforeRecord(transaction: Writing, run: string, dropped: boolean): Promise<void> {
  const positions = transaction.objectStore('positions');
  const position = await positions.get(run);
  if (!position) return;
  if (dropped) {
    await Promise.all([
      positions.delete(run),
      transaction.objectStore('positionArrays').delete(ofRun(run)),
      transaction.objectStore('events').delete(ofRun(run)),
    ]);
    return;
  }
  const record = position.record ?? (await recordNow(transaction, run, withTopics));
  if (record) await positions.put({ ...position, record, events: 0 }, run);
  await transaction.objectStore('events').delete(ofRun(run));
}

/** The arrays of a progress as files, made before any transaction begins: one does not wait. */
export function packParts({ arrays }: Pick<RunProgress, 'arrays'>): readonly [PositionPart, Uint8Array][] {
  return (Object.entries(arrays) as [PositionPart, Arrays][]).map(([part, some]) => [part, packed(some)]);
}

/**
 * Writes a progress whose record, where it has one, the caller has written.
 *
 * @returns how many events are kept beside the record now; null where what is kept is not what the progress follows
 */
export async function writePosition(
  transaction: Writing,
  progress: RunProgress,
  parts: readonly [PositionPart, Uint8Array][],
): Promise<number | null> {
  const { run, status, step, timings, trainer, procedure, after } = progress;
  const positions = transaction.objectStore('positions');
  const log = transaction.objectStore('events');
  const before = await positions.get(run);
  if (progress.record) await log.delete(ofRun(run));
  else if (!before || before.record || before.events !== after) return null;
  const known = progress.record ? 0 : after;
  if (progress.events.length > 0) await log.put(progress.events, [run, known]);
  const position = { status, step, timings, trainer, procedure, events: known + progress.events.length };
  await Promise.all([
    positions.put(position, run),
    ...parts.map(([part, file]) => transaction.objectStore('positionArrays').put(file, [run, part])),
  ]);
  if (position.events <= MOST_EVENTS) return position.events;
  const record = await recordNow(transaction, run, withTopics);
  if (!record) return position.events;
  await Promise.all([
    transaction.objectStore('records').put(record, run),
    log.delete(ofRun(run)),
    positions.put({ ...position, events: 0 }, run),
  ]);
  return 0;
}
