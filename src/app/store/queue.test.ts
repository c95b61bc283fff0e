import { beforeEach, describe, expect, it } from 'vitest';
import type { ParsedSetup } from '../../training/parseSetup';
import { clearQueue, dropItems, enqueue, patchItem, pauseQueue, useQueue } from './queue';
import { nextItem, parsedQueue, queueSecondsLeft, resting } from './queueEdits';

const setup = { model: 'mmoe', seed: 1 } as unknown as ParsedSetup;
const three = ['a', 'b', 'c'].map((name) => ({ name, setup }));

describe('the queue', () => {
  beforeEach(() => clearQueue());

  it('gives one item at a time, in order', async () => {
    await enqueue(three, 'x');
    expect(nextItem(useQueue.getState())?.name).toBe('a');
    await patchItem('x/0', { state: 'running' });
    expect(nextItem(useQueue.getState())).toBeNull();
    await patchItem('x/0', { state: 'done', took: 2000 });
    expect(nextItem(useQueue.getState())?.name).toBe('b');
    expect(queueSecondsLeft(useQueue.getState())).toBe(4);
  });

  it('lets go of some items alone: what else waits goes on, its time left is its own', async () => {
    await enqueue(three, 'x');
    await enqueue(three, 'y');
    dropItems(['x/0', 'x/1', 'x/2', 'unknown']);
    expect(useQueue.getState().items.map(({ id }) => id)).toEqual(['y/0', 'y/1', 'y/2']);
    expect(nextItem(useQueue.getState())?.id).toBe('y/0');
    const before = useQueue.getState().items;
    dropItems(['x/0']);
    expect(useQueue.getState().items).toBe(before);
  });

  it('gives nothing while paused', async () => {
    await enqueue(three, 'x');
    pauseQueue(true);
    expect(nextItem(useQueue.getState())).toBeNull();
  });

  it('after a reload the item that ran waits again and keeps its run', async () => {
    await enqueue(three, 'x');
    await patchItem('x/0', { state: 'done' });
    await patchItem('x/1', { state: 'running', run: 'r1' });
    const back = resting(parsedQueue(JSON.stringify(useQueue.getState())).queue);
    expect(back.items.map(({ state }) => state)).toEqual(['done', 'waiting', 'waiting']);
    expect(back.items[1]?.run).toBe('r1');
  });

  it('does not trip over what is not a queue', () => {
    for (const text of [null, '', '{', '[]', '{"items":[1]}', '{"items":"x"}'])
      expect(parsedQueue(text)).toEqual({ queue: { items: [], paused: false }, revision: 0 });
  });
});
