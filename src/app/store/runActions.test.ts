// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSetup } from '../../training/setup';
import type { WorkerClient } from '../../workers/client';
import type { Tick } from '../../workers/protocol';
import { useSetup } from './setup';
import { useNotices } from './notices';
import { useQueue, useQueueTab } from './queue';
import type { QueueItem } from './queueEdits';
import { RunActions } from './runActions';
import { startQueueRunner } from './queueRunner';

/** A client whose worker answers at once, and whose datasets are read when the test says so. */
function fakeClient() {
  let run: string | null = null;
  let tell: (tick: Tick) => void = () => undefined;
  let sequence = 0;
  const client = {
    get run() {
      return run;
    },
    onTick: (listener: (tick: Tick) => void) => {
      tell = listener;
    },
    train: vi.fn(async (_setup: unknown, { run: given }: { readonly run?: string } = {}) => {
      const id = given ?? `run-${++sequence}`;
      run = id;
      await Promise.resolve();
      return id;
    }),
    step: vi.fn(async () => {
      if (run === null) throw new Error('There is no run to step; press Train first.');
    }),
    reset: vi.fn(async () => {
      run = null;
    }),
    dataset: vi.fn((id: string) =>
      Promise.resolve({ title: `title of ${id}`, scenarios: [{ id: `${id}-1`, name: id }] }),
    ),
    runs: { get: () => Promise.resolve(null), artifacts: () => Promise.resolve({ checkpoint: null }) },
  };
  const tick = (state: Tick['state']): void =>
    tell({
      run: (run ?? '') as Tick['run'],
      sequence: ++sequence,
      state,
      vitals: { step: 1, steps: 10, samplesPerSecond: null, secondsLeft: null, tensors: 0, bytes: 0 },
      events: [],
      failure: null,
    });
  return { client: client as unknown as WorkerClient, calls: client, tick };
}

beforeEach(() => {
  useSetup.setState({ setup: defaultSetup(), shownRun: null });
  useNotices.setState({ list: [] });
  useQueue.setState({ items: [], paused: false });
  useQueueTab.setState({ role: 'holds', progress: null });
});

describe('actions on runs', () => {
  it('shows the scenarios of a dataset that was chosen while a run trained, once that is reset', async () => {
    const { client, tick } = fakeClient();
    const actions = new RunActions(client);
    await actions.train();
    tick('training');
    useSetup.getState().setDataset('travel-20');
    await actions.preview('travel-20');
    expect(actions.current.view().scenarios).toEqual([]);
    await actions.reset();
    expect(actions.current.view().scenarios.map(({ id }) => id)).toEqual(['travel-20-1']);
    expect(actions.current.view().datasetTitle).toBe('title of travel-20');
  });

  it('reads a dataset once: what a run trains on is not read beside it, but once it failed or was reset', async () => {
    const { client, calls, tick } = fakeClient();
    const actions = new RunActions(client);
    const { dataset } = useSetup.getState().setup;
    await actions.train();
    tick('training');
    await actions.preview(dataset);
    expect(calls.dataset).not.toHaveBeenCalled();
    tick('failed');
    expect(calls.dataset).toHaveBeenCalledExactlyOnceWith(dataset);
    await actions.reset();
    expect(calls.dataset).toHaveBeenCalledOnce();
    expect(actions.current.view().scenarios.map(({ id }) => id)).toEqual([`${dataset}-1`]);
  });

  it('shows the run that was asked for last, though an earlier one is answered later', async () => {
    const { client, calls } = fakeClient();
    const actions = new RunActions(client);
    let answer: (id: string) => void = () => undefined;
    calls.train.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const first = actions.train();
    await actions.train();
    const shown = actions.current.id;
    expect(shown).toBe(client.run);
    answer('dropped before it began');
    await first;
    expect(actions.current.id).toBe(shown);
  });

  it('says nothing of a step that a reset has overtaken', async () => {
    const { client, calls } = fakeClient();
    const actions = new RunActions(client);
    const stepped = actions.step();
    await actions.reset();
    await stepped;
    expect(calls.step).not.toHaveBeenCalled();
    expect(useNotices.getState().list).toEqual([]);
    expect(actions.current.state).toBe('ready');
  });
});

const waitingItem = (run: string | null): QueueItem => ({
  id: 'a/0',
  name: 'first',
  setup: defaultSetup(),
  batch: 'a',
  state: 'waiting',
  run,
  took: null,
  failure: null,
});

describe('the queue', () => {
  it('lets a run wait again, and itself, when that run is reset', async () => {
    const { client, calls, tick } = fakeClient();
    const actions = new RunActions(client);
    const stop = startQueueRunner(actions);
    useQueue.setState({ paused: false, items: [waitingItem(null)] });
    await vi.waitFor(() => expect(actions.current.id).not.toBeNull());
    expect(useQueue.getState().items[0]!.run).toBe(actions.current.id);
    tick('training');
    await actions.reset();
    await vi.waitFor(() => expect(useQueue.getState().items[0]!.state).toBe('waiting'));
    expect(useQueue.getState().paused).toBe(true);
    expect(calls.train).toHaveBeenCalledTimes(1);
    stop();
  });

  it.each(['get', 'artifacts'] as const)(
    'leaves a person the run that they began while it read what is kept of its own (%s)',
    async (read) => {
      const { client, calls } = fakeClient();
      const kept = { status: 'interrupted', setup: defaultSetup(), id: 'kept', name: 'kept' };
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const get = vi.fn(async () => {
        if (read === 'get') await answered;
        return kept;
      });
      const artifacts = vi.fn(async () => {
        await answered;
        return { weights: null, checkpoint: null };
      });
      Object.assign(calls.runs, { get, artifacts });
      const actions = new RunActions(client);
      const stop = startQueueRunner(actions);
      useQueue.setState({ paused: false, items: [waitingItem('kept')] });
      await vi.waitFor(() => expect(read === 'get' ? get : artifacts).toHaveBeenCalled());
      await actions.train();
      answer();
      await vi.waitFor(() => expect(useQueue.getState().items[0]!.state).toBe('waiting'));
      expect(calls.train).toHaveBeenCalledOnce();
      expect(actions.current.id).toBe(client.run);
      stop();
    },
  );

  it('goes on with a run that is under way by showing it', async () => {
    const { client, calls, tick } = fakeClient();
    const actions = new RunActions(client);
    await actions.train();
    tick('training');
    useSetup.setState({ shownRun: 'another' });
    await actions.goOn(actions.current.id!);
    expect(useSetup.getState().shownRun).toBeNull();
    expect(calls.train).toHaveBeenCalledOnce();
  });
});
