import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Throttle } from './throttle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells at most five times a second and never loses the last change', () => {
  const throttle = new Throttle(200, () => Date.now());
  let told = 0;
  throttle.subscribe(() => told++);
  for (let ms = 0; ms < 1000; ms += 10) {
    throttle.notify();
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(told).toBeGreaterThanOrEqual(5);
  expect(told).toBeLessThanOrEqual(7);
});

it('flushes at once and does not tell twice', () => {
  const throttle = new Throttle(200, () => Date.now());
  let told = 0;
  throttle.subscribe(() => told++);
  throttle.notify();
  throttle.notify();
  throttle.flush();
  expect(told).toBe(2);
  vi.advanceTimersByTime(500);
  expect(told).toBe(2);
});
