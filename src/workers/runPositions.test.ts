import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../engine';
import { readCheckpoint } from '../training/checkpoint/checkpoint';
import { defaultTraining, presetSettings } from '../training/setup';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { openRunStore } from './runStore';
import { Session } from './session';
import type { RunId, RunStore, Tick } from './protocol';
import type { RunProgress } from './runProgress';
import type { RunSetup } from '../training/runRecord';

const dataset = simulatedSmall(1200);
const setup: RunSetup = {
  model: 'mmoe',
  settings: presetSettings('mmoe', 'tiny'),
  training: { ...defaultTraining(), steps: 24, batch: 64, evaluateEvery: 3, evaluationRows: 50 },
  dataset: 'small',
  seed: 1,
  backend: 'cpu',
};
const id = 'a' as RunId;

/** What the store gave back after a progress, and that progress. */
interface Seen {
  readonly progress: RunProgress;
  readonly kept: Awaited<ReturnType<RunStore['get']>>;
  readonly checkpoint: Uint8Array;
}

/** Trains to the end; step by step where it begins, so that it is kept after each, and reads what is kept each time. */
async function train(name: string, from: Uint8Array | null = null) {
  const store = openRunStore(name);
  const seen: Seen[] = [];
  const ticks: Tick[] = [];
  const session = new Session({
    post: (tick) => ticks.push(tick),
    loadDataset: async () => dataset,
    openBackend,
    tickMs: 0,
    writer: {
      put: store.put,
      keepProgress: async (progress) => {
        const answer = await store.keepProgress(structuredClone(progress));
        const [kept, { checkpoint }] = [await store.get(id), await store.artifacts(id)];
        if (checkpoint) seen.push({ progress, kept, checkpoint });
        return answer;
      },
    },
  });
  await session.train(id, setup, { startPaused: from === null, from });
  if (from === null) {
    while (ticks.at(-1)?.state !== 'paused') await new Promise((resolve) => setTimeout(resolve, 1));
    while (ticks.at(-1)?.state !== 'done') await session.step(id);
  }
  while (ticks.at(-1)?.state !== 'done') await new Promise((resolve) => setTimeout(resolve, 1));
  const end = { weights: await session.weights(id), record: await session.record(id) };
  await session.reset(id);
  return { store, seen, end };
}

describe('a run kept as it goes on', () => {
  let whole: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    whole = await train('whole');
  });

  it('is sent once as a whole, then what changed', () => {
    const { seen } = whole;
    expect(seen.length).toBe(24);
    const [first, ...rest] = seen.map(({ progress }) => progress);
    expect(first!.record).not.toBeNull();
    expect(rest.every(({ record }) => record === null)).toBe(true);
    // Best weights only with the evaluations that changed them.
    const withBest = rest.filter(({ arrays }) => arrays.best).length;
    expect(withBest).toBeGreaterThan(0);
    expect(withBest).toBeLessThan(rest.length);
    const told = rest.flatMap(({ events }) => events).filter(({ kind }) => kind === 'evaluation');
    expect(new Set(told.map((event) => 'step' in event && event.step)).size).toBe(told.length);
  });

  it('reads as what it was at that step: record, list and checkpoint', () => {
    const { history, losses } = whole.end.record;
    for (const { progress, kept, checkpoint } of whole.seen) {
      expect(kept).toMatchObject({ status: 'paused', step: progress.step });
      const before = <T extends { readonly step: number }>(points: readonly T[]) =>
        points.filter(({ step }) => step <= progress.step);
      expect(kept!.history).toEqual(before(history));
      expect(kept!.losses).toEqual(before(losses));
      const { record } = readCheckpoint(checkpoint);
      expect(record.step).toBe(progress.step);
      expect(record).toEqual(kept);
    }
  });

  it('goes on from any of them to the bits of a run that was left alone', async () => {
    for (const { checkpoint } of [whole.seen[1]!, whole.seen.at(-1)!]) {
      const { end } = await train('again', checkpoint);
      expect(end.weights).toEqual(whole.end.weights);
      expect(end.record.history).toEqual(whole.end.record.history);
    }
  });

  it('has no position left once it is done', async () => {
    const { checkpoint, weights } = await whole.store.artifacts(id);
    expect(checkpoint).toBeNull();
    expect(weights).toEqual(whole.end.weights);
    expect((await whole.store.list())[0]).toMatchObject({ status: 'done', hasCheckpoint: false });
  });

  it('asks for all of it where what is kept is not what it follows', async () => {
    const store = openRunStore('gone');
    const [first, second, third] = whole.seen.map(({ progress }) => progress);
    expect(await store.keepProgress(second!), 'storage was cleared').toBeNull();
    expect(await store.list()).toEqual([]);
    expect(await store.keepProgress(first!)).toBe(0);
    expect((await store.list())[0]).toMatchObject({ status: 'paused', hasCheckpoint: true });
    const gap = { ...third!, after: 7 };
    expect(await store.keepProgress(gap), 'one was lost').toBeNull();
    expect((await store.get('a'))!.step).toBe(first!.step);
  });

  it('keeps the checkpoint of a run that failed later, as it was there', async () => {
    const store = openRunStore('failed');
    const [first] = whole.seen;
    await store.keepProgress(first!.progress);
    const { history } = whole.end.record;
    await store.put({ ...whole.end.record, status: 'failed', failure: 'It broke.' });
    expect((await store.get('a'))!.history).toEqual(history);
    const { checkpoint } = await store.artifacts('a');
    expect(readCheckpoint(checkpoint!).record).toEqual(first!.kept);
    expect((await store.list())[0]).toMatchObject({ status: 'failed', hasCheckpoint: true });
  });

  it('is written whole again when many events have come, and loses none', async () => {
    const store = openRunStore('many');
    const [first] = whole.seen.map(({ progress }) => progress);
    let after = (await store.keepProgress(first!))!;
    for (let step = 100; step < 300; step++) {
      const events = [{ kind: 'loss', step, terms: { all: step } } as const];
      after = (await store.keepProgress({ ...first!, record: null, events, after, step }))!;
      expect(after).toBeLessThanOrEqual(64);
    }
    const losses = (await store.get('a'))!.losses.filter(({ step }) => step >= 100);
    expect(losses.length).toBeGreaterThan(99);
    expect(losses.at(-1)).toEqual({ step: 299, terms: { all: 299 } });
  });

  it('is deleted and restored whole', async () => {
    const store = openRunStore('deleted');
    const [{ progress, checkpoint }] = [whole.seen[0]!];
    await store.keepProgress(progress);
    const removed = await store.remove('a');
    expect(await store.artifacts('a')).toEqual({ weights: null, checkpoint: null });
    expect(await store.keepProgress({ ...progress, record: null })).toBeNull();
    await store.restore(removed!);
    expect(readCheckpoint((await store.artifacts('a')).checkpoint!)).toEqual(readCheckpoint(checkpoint));
  });
});
