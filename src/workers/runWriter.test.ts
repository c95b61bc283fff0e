import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import { emptyRecord } from '../../tests/support/emptyRecord';
import { openRunStore } from './runStore';
import { runWriter } from './runWriter';
import { Storage } from './storage';

afterEach(() => vi.unstubAllGlobals());

it('writes by itself where no worker can be started', async () => {
  const refused = vi.fn(() => {
    throw new TypeError('This document requires a trusted address.');
  });
  vi.stubGlobal('Worker', refused);
  vi.stubGlobal('location', { href: 'http://site/', origin: 'http://site' });
  const writer = runWriter(new Storage('refused'));
  await writer.put(emptyRecord('a'), {});
  await writer.put(emptyRecord('b'), {});
  expect((await openRunStore('refused').list()).map(({ id }) => id).sort()).toEqual(['a', 'b']);
  expect(refused).toHaveBeenCalledTimes(1);
});
