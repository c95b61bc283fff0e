import { describe, expect, it } from 'vitest';
import type { SessionState } from '../../workers/protocol';
import { lockRun, runIsUnderWay } from './runLock';

/** Named locks as far as they are used here. */
function namedLocks(): Pick<LockManager, 'request' | 'query'> {
  const held: string[] = [];
  const request = async (name: string, act: () => Promise<unknown>): Promise<unknown> => {
    held.push(name);
    try {
      return await act();
    } finally {
      held.splice(held.indexOf(name), 1);
    }
  };
  return {
    request: request as unknown as LockManager['request'],
    query: async () => ({ held: held.map((name) => ({ name })), pending: [] }),
  };
}

describe('the lock of a run', () => {
  it('is held exactly while the run is under way', async () => {
    const locks = namedLocks();
    let tell = (): void => undefined;
    const current: { id: string | null; state: SessionState; subscribe: (told: () => void) => () => void } = {
      id: null,
      state: 'ready',
      subscribe: (told) => {
        tell = told;
        return () => undefined;
      },
    };
    lockRun(current, locks);
    const move = async (id: string | null, state: SessionState): Promise<boolean[]> => {
      Object.assign(current, { id, state });
      tell();
      await Promise.resolve();
      await Promise.resolve();
      return Promise.all(['a', 'b'].map((run) => runIsUnderWay(run, locks)));
    };
    expect(await move('a', 'compiling')).toEqual([true, false]);
    expect(await move('a', 'training')).toEqual([true, false]);
    expect(await move('a', 'paused')).toEqual([true, false]);
    expect(await move('b', 'training'), 'another took its place').toEqual([false, true]);
    expect(await move('b', 'done')).toEqual([false, false]);
    expect(await move('b', 'training'), 'it went on').toEqual([false, true]);
    expect(await move(null, 'ready')).toEqual([false, false]);
  });

  it('is unknown without locks', async () => {
    expect(await runIsUnderWay('a', null)).toBe(false);
  });
});
