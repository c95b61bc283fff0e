import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { openRunStore } from './runStore';
import { emptyRecord } from '../../tests/support/emptyRecord';
import { recordBeforeTopics, recordWithTopics } from '../../tests/support/oldRecord';
import type { RunRecord } from '../training/runRecord';

const record = (id: string, name: string, createdAt: string): RunRecord => ({
  ...emptyRecord(id, name, createdAt),
  status: 'done',
});

const weights = Uint8Array.of(1, 2, 3);

describe('the run store', () => {
  it('reads a run that an earlier version kept, whose probes named a tab', async () => {
    const store = openRunStore('earlier');
    const [old, today] = [recordBeforeTopics('a'), recordWithTopics('a')];
    await store.put(old as RunRecord);
    expect(await store.get('a')).toEqual(today);
  });

  it('lists newest first, with what is known of the artifacts', async () => {
    const store = openRunStore('list');
    await store.put(record('a', 'Old', '2026-01-01T00:00:00Z'), { weights, checkpoint: null });
    await store.put(record('b', 'New', '2026-01-02T00:00:00Z'));
    const list = await store.list();
    expect(list.map(({ name }) => name)).toEqual(['New', 'Old']);
    expect(list.map(({ hasWeights }) => hasWeights)).toEqual([false, true]);
  });

  it('keeps artifacts that a later put leaves out', async () => {
    const store = openRunStore('artifacts');
    await store.put(record('a', 'A', '2026-01-01T00:00:00Z'), { checkpoint: weights });
    await store.put(record('a', 'A', '2026-01-01T00:00:00Z'));
    expect((await store.artifacts('a')).checkpoint).toEqual(weights);
    await store.put(record('a', 'A', '2026-01-01T00:00:00Z'), { weights, checkpoint: null });
    expect(await store.artifacts('a')).toEqual({ weights, checkpoint: null });
  });

  it('keeps a name given while the run went on', async () => {
    const store = openRunStore('rename');
    await store.put(record('a', 'Given by the worker', '2026-01-01T00:00:00Z'));
    await store.rename('a', 'Given by a person');
    await store.put({ ...record('a', 'Given by the worker', '2026-01-01T00:00:00Z'), step: 9 });
    expect((await store.get('a'))!).toMatchObject({ name: 'Given by a person', step: 9 });
    expect((await store.list())[0]!.name).toBe('Given by a person');
  });

  it('removes a run, and gives it back whole', async () => {
    const store = openRunStore('remove');
    await store.put(record('a', 'A', '2026-01-01T00:00:00Z'), { weights, checkpoint: null });
    const removed = await store.remove('a');
    expect(await store.list()).toHaveLength(0);
    expect(await store.get('a')).toBeNull();
    expect(await store.artifacts('a')).toEqual({ weights: null, checkpoint: null });
    await store.restore(removed!);
    expect(await store.get('a')).toEqual(record('a', 'A', '2026-01-01T00:00:00Z'));
    expect((await store.artifacts('a')).weights).toEqual(weights);
    expect(await store.remove('nothing')).toBeNull();
  });

  it('keeps a deleted run until its deletion cannot be taken back, over a reload too', async () => {
    const store = openRunStore('undo');
    await store.put(record('a', 'A', '2026-01-01T00:00:00Z'), { weights });
    await store.remove('a');
    const [removed] = await openRunStore('undo').removed();
    expect(removed).toMatchObject({ record: { id: 'a' }, artifacts: { weights } });
    await store.restore(removed!);
    expect((await store.list()).map(({ id, hasWeights }) => [id, hasWeights])).toEqual([['a', true]]);
    expect(await store.removed()).toEqual([]);
    await store.remove('a');
    await store.forget('a');
    expect(await store.removed()).toEqual([]);
  });

  it('never puts an imported run in the place of another, and knows one that it has', async () => {
    const store = openRunStore('add');
    const mine = { ...record('a', 'Mine', '2026-01-01T00:00:00Z'), step: 40 };
    await store.put(mine, { weights });
    const other = { ...mine, name: 'Earlier', step: 20 };
    const added = await store.add(other);
    expect(added.as).toBe('beside');
    expect(added.id).not.toBe('a');
    expect(await store.get('a')).toEqual(mine);
    expect((await store.artifacts('a')).weights).toEqual(weights);
    expect(await store.get(added.id)).toEqual({ ...other, id: added.id });
    // Again: both are known, under any name.
    expect(await store.add({ ...structuredClone(mine), name: 'As exported' })).toEqual({
      id: 'a',
      as: 'known',
    });
    expect(await store.add(structuredClone(other))).toEqual({ id: added.id, as: 'known' });
    expect(await store.add(record('b', 'B', '2026-01-01T00:00:00Z'))).toEqual({ id: 'b', as: 'new' });
    expect(await store.list()).toHaveLength(3);
  });

  it('tells every open store of a change, its own listeners included', async () => {
    const one = openRunStore('tell');
    const other = openRunStore('tell');
    let told = 0;
    let toldOther = 0;
    const stop = one.onChange(() => told++);
    const stopOther = other.onChange(() => toldOther++);
    await one.put(record('a', 'A', '2026-01-01T00:00:00Z'));
    for (let i = 0; i < 200 && toldOther === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).toBe(1);
    expect(toldOther).toBe(1);
    stop();
    stopOther();
  });
});
