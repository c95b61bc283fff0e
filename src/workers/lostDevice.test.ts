/** A run whose graphics device is lost goes back to its last checkpoint and on. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openBackend } from '../engine';
import { defaultTraining, presetSettings } from '../training/setup';
import { emptyRunState, reduceRun } from '../training/reduceRun';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { Session } from './session';
import type { RunSetup } from '../training/runRecord';
import type { RunId, Tick } from './protocol';

const id = 'a' as RunId;
const calm = { startPaused: false, from: null } as const;
const dataset = simulatedSmall(400);
const setup: RunSetup = {
  model: 'mix',
  settings: presetSettings('mix', 'tiny'),
  training: { ...defaultTraining(), steps: 60, batch: 16, evaluateEvery: 20, evaluationRows: 50 },
  dataset: 'small',
  seed: 1,
  backend: 'cpu',
};

/** A device that can be lost: every operation fails from then on, until a backend is opened. */
function fragile() {
  const ticks: Tick[] = [];
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  let lost: string | null = null;
  let opened = 0;
  const kept: { checkpoint: Uint8Array | null } = { checkpoint: null };
  const session = new Session({
    post: (tick) => ticks.push(tick),
    loadDataset: async () => dataset,
    openBackend(request) {
      opened++;
      lost = null;
      return openBackend(request);
    },
    lostDevice: () => lost,
    lastCheckpoint: async () => kept.checkpoint,
    writer: { put: async () => undefined, keepProgress: async ({ after, events }) => after + events.length },
    tickMs: 0,
  });
  const until = async (holds: (tick: Tick) => boolean): Promise<void> => {
    while (!ticks.some(holds)) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  engine.runKernel = (...given) => {
    if (lost !== null) throw new RangeError('size (6144) is too large');
    return run(...given);
  };
  return {
    session,
    kept,
    until,
    events: () => ticks.flatMap(({ events }) => events),
    last: () => ticks.at(-1)!,
    opened: () => opened,
    lose: () => (lost = 'the driver crashed'),
    restore: () => void Reflect.deleteProperty(engine, 'runKernel'),
  };
}

it('goes on from the last checkpoint to the figures of a run without a loss, and says so once', async () => {
  const device = fragile();
  const { session, kept } = device;
  try {
    await session.train(id, setup, calm);
    await device.until(({ vitals }) => vitals.step >= 5);
    await session.pause(id);
    kept.checkpoint = await session.checkpoint(id);
    const from = device.last().vitals.step;
    await session.resume(id);
    await device.until(({ vitals }) => vitals.step >= from + 6);
    device.lose();
    await device.until(({ state }) => state === 'done' || state === 'failed');
    expect(device.last().failure).toBeNull();
    expect(device.opened()).toBe(2);
    const events = device.events();
    expect(events.filter((event) => event.kind === 'message' && event.alarm)).toEqual([
      expect.objectContaining({
        text: `The graphics device was lost; the run goes on from step ${from} on the CPU.`,
      }),
    ]);
    // What was told of steps that were taken twice is there once.
    const { evaluations } = events.reduce(reduceRun, emptyRunState);
    expect(evaluations.points.map(({ step }) => step)).toEqual([5, 20, 40, 60]);
    const { final } = await session.record(id);

    await session.train('b' as RunId, setup, calm);
    await device.until(({ run, state }) => run === 'b' && state === 'done');
    expect((await session.record('b' as RunId)).final).toEqual(final);
    expect(device.opened()).toBe(2);
  } finally {
    device.restore();
  }
});
