import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { openKeyValueStore } from '../src/workers/keyValueStore';
import { Storage } from '../src/workers/storage';
import { takeOverEarlier } from '../src/app/store/earlierStorage';
import { ABLATIONS_KEY } from '../src/app/store/ablations';
import { QUEUE_KEY } from '../src/app/store/queueStorage';

/** A browser's `localStorage`. */
function earlier(texts: Readonly<Record<string, string>>) {
  const held = new Map(Object.entries(texts));
  return {
    held,
    getItem: (key: string) => held.get(key) ?? null,
    removeItem: (key: string) => void held.delete(key),
  };
}

it('takes over once what earlier versions kept, and leaves the theme', async () => {
  const values = openKeyValueStore(new Storage('take-over'));
  const before = earlier({ 'scenarium-queue': 'q', 'scenarium-ablations': 'a', 'scenarium-theme': 'dark' });
  await takeOverEarlier(values, before);
  expect([await values.read(QUEUE_KEY), await values.read(ABLATIONS_KEY)]).toEqual(['q', 'a']);
  expect([...before.held.keys()]).toEqual(['scenarium-theme']);
});

it('never writes over what is kept by now, and keeps what it cannot take', async () => {
  const values = openKeyValueStore(new Storage('take-over-late'));
  await values.update([], () => ({ [QUEUE_KEY]: 'newer' }));
  await takeOverEarlier(values, earlier({ 'scenarium-queue': 'older' }));
  expect(await values.read(QUEUE_KEY)).toBe('newer');
  const before = earlier({ 'scenarium-queue': 'q' });
  await takeOverEarlier({ ...values, update: () => Promise.reject(new Error('refused')) }, before);
  expect([...before.held.keys()]).toEqual(['scenarium-queue']);
});
