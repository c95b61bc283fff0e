import { afterEach, beforeEach, expect, test, vi } from 'vitest';

class StandIn extends EventTarget {
  static readonly made: StandIn[] = [];
  constructor(readonly address: string) {
    super();
    StandIn.made.push(this);
  }
}

beforeEach(() => {
  StandIn.made.length = 0;
  vi.resetModules();
  vi.stubGlobal('Worker', StandIn);
  vi.stubGlobal('location', new URL('https://lab.example/'));
});
afterEach(() => vi.unstubAllGlobals());

test('the worker that was started ahead is handed on, once; whoever asks again gets a fresh one', async () => {
  const { startTraining, startTrainingAhead } = await import('./starting');
  startTrainingAhead();
  expect(StandIn.made.length).toBe(1);
  expect(StandIn.made[0]!.address).toMatch(/^https:\/\/lab\.example\/.*training\.worker/);
  expect(startTraining()).toBe(StandIn.made[0]);
  expect(StandIn.made.length).toBe(1);
  expect(startTraining()).toBe(StandIn.made[1]);
  expect(StandIn.made.length).toBe(2);
});

test('one that broke before anybody listened is not handed on', async () => {
  const { startTraining, startTrainingAhead } = await import('./starting');
  startTrainingAhead();
  StandIn.made[0]!.dispatchEvent(new Event('error'));
  expect(startTraining()).toBe(StandIn.made[1]);
});
