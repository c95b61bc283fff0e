/** What a person made beside runs, by name: written whole or not at all, and read by every tab. */
import type { Storage } from './storage';
import type { KeyValueStore } from './protocol';

export function openKeyValueStore(storage: Storage): KeyValueStore {
  return {
    read: (key) => storage.use(async (database) => (await database.get('values', key)) ?? null),
    readAll: (prefix) =>
      storage.use(async (database) => {
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        const { store } = database.transaction('values');
        const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
        return new Map(keys.map((key, i) => [key, values[i]!]));
      }),
    update: <K extends string>(
      keys: readonly K[],
      change: (now: Readonly<Record<K, string | null>>) => Readonly<Record<string, string | null>>,
    ) =>
      storage.write(['values'], 'strict', async (transaction) => {
        const store = transaction.objectStore('values');
        const read = await Promise.all(keys.map(async (key) => [key, (await store.get(key)) ?? null]));
        const changes = change(Object.fromEntries(read) as Record<K, string | null>);
        await Promise.all(
          Object.entries(changes).map(([key, text]) =>
            text === null ? store.delete(key) : store.put(text, key),
          ),
        );
      }),
    onCleared: (listener) => storage.onCleared(listener),
  };
}
