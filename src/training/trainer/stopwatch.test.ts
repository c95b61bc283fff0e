import { describe, expect, it } from 'vitest';
import { createStopwatch } from './stopwatch';

describe('the stopwatch', () => {
  it('counts waiting for the device among the steps that caused it', () => {
    let now = 1000;
    const watch = createStopwatch(() => now);
    now = 1250;
    for (let i = 0; i < 10; i++) watch.step(2);
    watch.deviceDone(80);
    for (let i = 0; i < 10; i++) watch.step(2);
    watch.deviceDone(0);
    for (let i = 0; i < 10; i++) watch.step(2);
    watch.deviceDone(100);
    watch.evaluation(7);
    expect(watch.read()).toEqual({ firstStep: 250, training: 240, evaluation: 7, step: 10 });
  });

  it('knows no step before the first, and a mean before the device was first waited for', () => {
    const watch = createStopwatch(() => 0);
    expect(watch.read().step).toBeNull();
    watch.step(4);
    watch.step(6);
    expect(watch.read().step).toBe(5);
  });
});
