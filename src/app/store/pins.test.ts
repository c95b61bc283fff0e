// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followPins } from './pins';
import type { PinStore } from './pins';
import { useSetup } from './setup';

const texts = new Map<string, string>();
/** What is kept, as a page sees it. */
const values: PinStore = {
  read: async (key) => texts.get(key) ?? null,
  async update(_keys, change) {
    for (const [key, text] of Object.entries(change())) texts.set(key, text);
  },
  onCleared: () => () => undefined,
};
let close: () => void = () => undefined;

beforeEach(() => {
  texts.clear();
  useSetup.setState({ pinned: null, referenceRun: null });
});

afterEach(() => close());

const kept = async (): Promise<unknown> => JSON.parse((await values.read('pins')) ?? 'null');

it('keeps the pinned group and the reference run for the next visit', async () => {
  close = await followPins(values);
  expect(await kept()).toBeNull();
  useSetup.getState().set({ pinned: 'group', referenceRun: 'run' });
  await vi.waitFor(async () => expect(await kept()).toEqual({ pinned: 'group', referenceRun: 'run' }));

  // The page is opened again: its stores begin empty.
  close();
  useSetup.setState({ pinned: null, referenceRun: null });
  close = await followPins(values);
  expect(useSetup.getState().pinned).toBe('group');
  expect(useSetup.getState().referenceRun).toBe('run');
});

it('leaves what a person pinned while it was read, and keeps that', async () => {
  await values.update([], () => ({ pins: JSON.stringify({ pinned: 'before', referenceRun: null }) }));
  const following = followPins(values);
  useSetup.setState({ pinned: 'meanwhile' });
  close = await following;
  expect(useSetup.getState().pinned).toBe('meanwhile');
  await vi.waitFor(async () => expect(await kept()).toEqual({ pinned: 'meanwhile', referenceRun: null }));
});

it.each(['{', '[]', '{"pinned":1,"referenceRun":{}}', 'null'])('pins nothing by %s', async (text) => {
  await values.update([], () => ({ pins: text }));
  close = await followPins(values);
  expect(useSetup.getState().pinned).toBeNull();
  expect(useSetup.getState().referenceRun).toBeNull();
});
