/** Where the queue is kept: itself, and edits of tabs that do not hold it until the one that does has taken them in. */
import type { KeyValueStore } from '../../workers/protocol';
import type { QueueEdit } from './queueEdits';

/** Something else that is changed in the same transaction. */
export interface Beside {
  readonly key: string;
  readonly change: (now: string | null) => string;
}

/** None of these rejects: storage that fails must not stop the queue. */
export interface QueueStorage {
  read(): Promise<{ readonly text: string | null; readonly edits: ReadonlyMap<string, QueueEdit> }>;
  /** @param taken edits that the queue holds now */
  write(text: string, taken: readonly string[], beside?: Beside): Promise<void>;
  keepEdit(id: string, edit: QueueEdit, beside?: Beside): Promise<void>;
}

export const QUEUE_KEY = 'queue';
const EDIT = 'queue-edit/';

/** @param failed told of what storage refuses; the queue then lasts as long as the page */
export function queueStorage(kept: KeyValueStore, failed: (error: unknown) => void): QueueStorage {
  const update = (changes: Readonly<Record<string, string | null>>, beside: Beside | undefined) =>
    kept
      .update(beside ? [beside.key] : [], (now) => ({
        ...changes,
        ...(beside && { [beside.key]: beside.change(now[beside.key] ?? null) }),
      }))
      .catch(failed);
  return {
    async read() {
      try {
        const [text, edits] = await Promise.all([kept.read(QUEUE_KEY), kept.readAll(EDIT)]);
        const parsed = [...edits].map(
          ([key, edit]) => [key.slice(EDIT.length), JSON.parse(edit) as QueueEdit] as const,
        );
        return { text, edits: new Map(parsed) };
      } catch (error) {
        failed(error);
        return { text: null, edits: new Map() };
      }
    },
    write: (text, taken, beside) =>
      update({ [QUEUE_KEY]: text, ...Object.fromEntries(taken.map((id) => [EDIT + id, null])) }, beside),
    keepEdit: (id, edit, beside) => update({ [EDIT + id]: JSON.stringify(edit) }, beside),
  };
}
