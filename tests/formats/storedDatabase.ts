/** A browser's database as a file: gzipped JSON in which typed arrays are marked, and back into IndexedDB. */
import { gunzipSync } from 'node:zlib';

export interface StoredDatabase {
  readonly name: string;
  readonly version: number;
  /** Values of every object store by key. */
  readonly stores: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const kinds = { Float32Array, Int32Array, Uint16Array, Uint8Array } as const;

interface Marked {
  readonly $array: keyof typeof kinds;
  readonly base64: string;
}

const isMarked = (value: unknown): value is Marked =>
  typeof value === 'object' && value !== null && '$array' in value;

export function keptDatabase(file: Uint8Array): StoredDatabase {
  return JSON.parse(gunzipSync(file).toString('utf8'), (_, value: unknown) => {
    if (!isMarked(value)) return value;
    const { buffer } = Uint8Array.from(Buffer.from(value.base64, 'base64'));
    return new kinds[value.$array](buffer);
  }) as StoredDatabase;
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The request failed.'));
  });

/** Makes the database as an earlier page left it, without any code of the lab. */
export async function fillDatabase({ name, version, stores }: StoredDatabase): Promise<void> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    for (const store of Object.keys(stores)) opening.result.createObjectStore(store);
  };
  const database = await settled(opening);
  for (const [store, values] of Object.entries(stores))
    for (const [key, value] of Object.entries(values))
      await settled(database.transaction(store, 'readwrite').objectStore(store).put(value, key));
  database.close();
}
