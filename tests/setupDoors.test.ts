// @vitest-environment jsdom
/** Every door through which a set-up comes in refuses a bad one with one sentence; behind them nobody checks again. */
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { setupOf } from '../scripts/lab/train';
import { readFlags } from '../scripts/lab/usage';
import { parseRecord, recordToText } from '../src/training/runFile/recordText';
import { enqueue, useQueue, useQueueTab } from '../src/app/store/queue';
import { startQueueRunner } from '../src/app/store/queueRunner';
import { RunActions } from '../src/app/store/runActions';
import { openAddress } from '../src/app/store/address';
import { useSetup } from '../src/app/store/setup';
import { findModel } from '../src/models/registry';
import { ablationRuns } from '../src/studies/ablation/rows';
import type { createRun } from '../src/training/run';
import { defaultSetup } from '../src/training/setup';
import { newRunId } from '../src/workers/runId';
import { Session } from '../src/workers/session';
import { emptyRecord } from './support/emptyRecord';
import type { ParsedSetup } from '../src/training/parseSetup';
import type { RunSetup } from '../src/training/runRecord';
import type { WorkerClient } from '../src/workers/client';

const good = defaultSetup();
const bad: RunSetup = { ...good, settings: { ...good.settings, numExperts: 1000 } };
const sentence = /Setting "numExperts" cannot be 1000; it must be a whole number from \d+ to \d+\.$/;
const kept = (setup: RunSetup) => ({ ...emptyRecord('kept'), setup });

/** A client whose worker takes everything: what is refused was refused before it. */
function page() {
  const client = {
    run: null,
    runs: {
      get: async () => null,
      artifacts: async () => ({ weights: new Uint8Array(1), checkpoint: null }),
    },
    onTick: () => () => undefined,
    train: vi.fn(async () => newRunId()),
    show: vi.fn(async () => undefined),
  };
  return { client, actions: new RunActions(client as unknown as WorkerClient) };
}

describe('a set-up that cannot be trained', () => {
  it('in the address is replaced, and the page says what is used', () => {
    const { setup, problems } = openAddress('?numExperts=1000');
    expect(problems).toEqual([
      expect.stringMatching(/^numExperts must lie between \d+ and \d+; \d+ is used\.$/),
    ]);
    expect(setup.settings['numExperts']).not.toBe(1000);
  });

  it('on the command line ends the command', () => {
    expect(() => setupOf(readFlags(['--numExperts', '1000']))).toThrow(/^numExperts must lie between/);
  });

  it('in a file is not imported', () => {
    const text = recordToText(kept(bad));
    expect(() => parseRecord(text, 'a.json')).toThrow(
      /^“a\.json” does not fit this lab: Setting "numExperts"/,
    );
    expect(() => parseRecord(text, 'a.json')).toThrow(sentence);
    const { settings } = parseRecord(recordToText(kept({ ...good, settings: {} })), 'a.json').setup;
    expect(Object.keys(settings)).toEqual(Object.keys(good.settings));
  });

  it('of a kept run is neither gone on with nor built, and nothing on the page changes', async () => {
    const { client, actions } = page();
    const before = useSetup.getState();
    await expect(actions.continueRun(kept(bad))).rejects.toThrow(sentence);
    await expect(actions.compute({ id: 'kept', name: 'kept', setup: bad }, async () => null)).rejects.toThrow(
      sentence,
    );
    expect(client.train).not.toHaveBeenCalled();
    expect(client.show).not.toHaveBeenCalled();
    expect(useSetup.getState()).toEqual(before);
    expect(actions.current.state).toBe('ready');
  });

  it('in the kept queue fails its item, and the queue goes on', async () => {
    useQueueTab.setState({ role: 'holds', progress: null });
    await enqueue([{ name: 'next', setup: good }], 'y');
    useQueue.setState(({ items }) => ({
      items: [{ ...items[0]!, id: 'x/0', name: 'old', setup: bad }, ...items],
    }));
    const { client, actions } = page();
    const stop = startQueueRunner(actions);
    await vi.waitFor(() => expect(client.train).toHaveBeenCalledOnce());
    stop();
    const [old, next] = useQueue.getState().items;
    expect(old).toMatchObject({ state: 'failed', failure: expect.stringMatching(sentence) as string });
    expect(next).toMatchObject({ state: 'running' });
  });

  it('in an ablation plan makes no run of it', () => {
    const model = findModel(good.model);
    const rows = [{ name: 'row', table: null, changes: { numExperts: 1000 } }];
    expect(() => ablationRuns(model, good, rows, 2)).toThrow(sentence);
  });

  it('in a message to the worker starts no run', async () => {
    const opened = vi.fn();
    const session = new Session({
      post: () => undefined,
      writer: { put: async () => undefined, keepProgress: async () => 0 },
      loadDataset: opened,
      openBackend: opened,
    });
    await expect(session.train(newRunId(), bad, { startPaused: false, from: null })).rejects.toThrow(
      sentence,
    );
    await expect(session.show(newRunId(), bad, new Uint8Array())).rejects.toThrow(sentence);
    expect(opened).not.toHaveBeenCalled();
  });

  it('set by a control is not taken', () => {
    const before = useSetup.getState().setup;
    expect(() => useSetup.getState().setSetting('numExperts', 1000)).toThrow(sentence);
    expect(useSetup.getState().setup).toBe(before);
  });
});

it('behind the doors only parsed set-ups are taken', () => {
  expectTypeOf<Parameters<typeof createRun>[0]['setup']>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<Parameters<WorkerClient['train']>[0]>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<Parameters<WorkerClient['show']>[1]>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<Parameters<typeof enqueue>[0][number]['setup']>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<Parameters<RunActions['train']>[0]>().toEqualTypeOf<ParsedSetup | undefined>();
  expectTypeOf<ReturnType<typeof setupOf>>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<ReturnType<typeof openAddress>['setup']>().toEqualTypeOf<ParsedSetup>();
  expectTypeOf<ReturnType<typeof ablationRuns>[number]['setup']>().toEqualTypeOf<ParsedSetup>();
});
