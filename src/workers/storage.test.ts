import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { openKeyValueStore } from './keyValueStore';
import { Storage } from './storage';

const settled = (request: IDBRequest | IDBOpenDBRequest) =>
  new Promise<unknown>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(request.error?.message));
  });

const deleteDatabase = (name: string) => settled(indexedDB.deleteDatabase(name));

describe('the storage', () => {
  it('is opened again when its connection has ended, and the work is done', async () => {
    const storage = new Storage('ended');
    const values = openKeyValueStore(storage);
    await values.update([], () => ({ a: '1' }));
    // The connection is closed under it, as a browser does; no event tells.
    await storage.use(async (database) => database.close());
    await values.update(['a'], ({ a }) => ({ b: `${a} and 2` }));
    expect(await values.read('b')).toBe('1 and 2');
  });

  it('does not stand in the way of a tab that deletes it, and says that what was kept is gone', async () => {
    const values = openKeyValueStore(new Storage('cleared'));
    const gone = vi.fn();
    values.onCleared(gone);
    await values.update([], () => ({ a: '1' }));
    expect(gone).not.toHaveBeenCalled();
    await deleteDatabase('cleared');
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1));
    expect(await values.read('a')).toBeNull();
    await values.update([], () => ({ a: 'kept again' }));
    expect(await values.read('a')).toBe('kept again');
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('hears of a loss at once where the browser ends its connection, before anything is asked of it', async () => {
    const listening = vi.spyOn(IDBDatabase.prototype, 'addEventListener');
    const storage = new Storage('terminated');
    const values = openKeyValueStore(storage);
    const gone = vi.fn();
    values.onCleared(gone);
    await values.update([], () => ({ a: '1' }));
    const heard = listening.mock.calls.flatMap(([type, listener]) => (type === 'close' ? [listener] : []));
    listening.mockRestore();
    // What a browser does whose storage is cleared: the connection is closed, the database goes, and an event tells.
    await storage.use(async (database) => database.close());
    await deleteDatabase('terminated');
    for (const listener of heard) if (typeof listener === 'function') listener(new Event('close'));
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1));
  });

  it('tells of the loss also where another connection made the database anew', async () => {
    const mine = openKeyValueStore(new Storage('anew'));
    const gone = vi.fn();
    mine.onCleared(gone);
    await mine.read('a');
    await deleteDatabase('anew');
    await openKeyValueStore(new Storage('anew')).update([], () => ({ a: 'by another' }));
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1));
    expect(await mine.read('a')).toBe('by another');
  });

  it('says which tab is in the way of a newer version, and goes on once that is closed', async () => {
    const opening = indexedDB.open('blocked', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('summaries');
    const old = (await settled(opening)) as IDBDatabase;
    const values = openKeyValueStore(new Storage('blocked'));
    await expect(values.read('a')).rejects.toThrow(/Another tab shows an earlier version/);
    old.close();
    await vi.waitFor(async () => expect(await values.read('a')).toBeNull());
  });

  it('writes all of a transaction or nothing', async () => {
    const storage = new Storage('whole');
    const half = storage.write(['values'], 'strict', async (transaction) => {
      await transaction.objectStore('values').put('1', 'a');
      throw new Error('half way');
    });
    await expect(half).rejects.toThrow('half way');
    expect(await openKeyValueStore(storage).read('a')).toBeNull();
  });

  it('lets changes of two tabs follow each other', async () => {
    const [one, other] = [openKeyValueStore(new Storage('two')), openKeyValueStore(new Storage('two'))];
    const add = (values: typeof one, what: string) =>
      values.update(['list'], ({ list }) => ({ list: `${list ?? ''}${what}` }));
    await Promise.all([add(one, 'a'), add(other, 'b'), add(one, 'c')]);
    expect([...((await one.read('list')) ?? '')].sort()).toEqual(['a', 'b', 'c']);
    await one.update([], () => ({ 'edit/1': 'x', 'edit/2': 'y', editor: 'z' }));
    expect([...(await other.readAll('edit/')).values()]).toEqual(['x', 'y']);
    await one.update([], () => ({ 'edit/1': null }));
    expect([...(await other.readAll('edit/')).keys()]).toEqual(['edit/2']);
  });
});
