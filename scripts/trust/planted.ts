/**
 * Faults of storage that the harness must catch, as a browser or a page could have them. Each is source that runs before
 * the page's own, in the page and in its workers, and changes what IndexedDB does there; the built page holds none of it.
 */

import type { Scene } from './plans';

export interface PlantedFault {
  readonly name: string;
  readonly source: string;
  /** What must be done before a kill so that it shows. */
  readonly scene: Scene;
  /** The loss that it must be caught by: another one would be chance. */
  readonly shows: RegExp;
}

/** `plant(store, act)`: `act(value, key)` gives the value that is written in place of another, or `DROP` for none. */
const PRELUDE = `(() => {
const DROP = Symbol('dropped');
const put = IDBObjectStore.prototype.put;
const plant = (name, act) => {
  const before = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (this.name !== name) return before.call(this, value, key);
    const written = act(value, key, this);
    // A request that succeeds and does nothing.
    return written === DROP ? this.count() : before.call(this, written, key);
  };
};
`;

const fault = (name: string, scene: Scene, shows: RegExp, body: string): PlantedFault => ({
  name,
  scene,
  shows,
  source: `${PRELUDE}${body}\n})();`,
});

export const plantedFaults: readonly PlantedFault[] = [
  fault(
    'the queue is never written',
    'ablates',
    /^The queue had /,
    `plant('values', (value, key) => (key === 'queue' ? DROP : value));`,
  ),
  fault(
    'what people made is written late, as localStorage is',
    'ablates',
    /^The queue had /,
    `plant('values', (value, key, store) => {
      const { name } = store.transaction.db;
      setTimeout(() => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => put.call(opening.result.transaction('values', 'readwrite').objectStore('values'), value, key);
      }, 20000);
      return key === 'database' ? value : DROP;
    });`,
  ),
  fault(
    'ablation tables are never written',
    'ablates',
    /ablation tables were shown/,
    `plant('values', (value, key) => (key === 'ablations' ? DROP : value));`,
  ),
  fault('records are never written', 'pauses', /cannot be gone on with/, `plant('records', () => DROP);`),
  fault(
    'a run is listed only once it has ended',
    'accepted',
    /was shown and is gone/,
    `plant('summaries', (value) => (value.status === 'interrupted' ? DROP : value));`,
  ),
  fault(
    'where a run stands is written every twenty seconds',
    'runsOn',
    /ms are lost/,
    `let at = performance.now();
    for (const store of ['positions', 'summaries'])
      plant(store, (value) => {
        if (value.status !== 'interrupted' || value.step === 0 || performance.now() - at > 20000) return value;
        return DROP;
      });`,
  ),
  fault(
    'an older state is written over a newer one',
    'pauses',
    /was shown as paused/,
    `const first = new Map();
    plant('summaries', (value) => {
      if (!first.has(value.id)) first.set(value.id, value);
      return { ...value, step: first.get(value.id).step, status: first.get(value.id).status };
    });`,
  ),
  fault(
    'arrays are cut short',
    'pauses',
    /cannot be gone on with/,
    `plant('positionArrays', (value) => value.slice(0, Math.floor(value.length / 2)));`,
  ),
  fault(
    'all runs are written under one key',
    'two',
    /was shown and is gone/,
    `let one = null;
    for (const store of ['summaries', 'records']) {
      const before = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === store) one ??= 'one';
        return before.call(this, value, this.name === store ? one : key);
      };
    }`,
  ),
  fault(
    'the browser clears its storage with every start',
    'two',
    /was shown and is gone/,
    `if (typeof document === 'object') indexedDB.deleteDatabase('scenarium');`,
  ),
];
