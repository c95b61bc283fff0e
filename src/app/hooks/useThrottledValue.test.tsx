// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useThrottledValue } from './useThrottledValue';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('a throttled value changes once a second at most and always ends with the last', () => {
  const seen = new Set<number>();
  const { result, rerender } = renderHook(({ value }) => useThrottledValue(value, true), {
    initialProps: { value: 0 },
  });
  for (let value = 1; value <= 20; value++) {
    rerender({ value });
    act(() => void vi.advanceTimersByTime(200));
    seen.add(result.current);
  }
  expect(seen.size).toBeLessThanOrEqual(6);
  act(() => void vi.advanceTimersByTime(1100));
  expect(result.current).toBe(20);
});

it('growing calm starts from the value of now, not from one held before', () => {
  const { result, rerender } = renderHook(({ value, calm }) => useThrottledValue(value, calm), {
    initialProps: { value: 0, calm: true },
  });
  rerender({ value: 1, calm: false });
  rerender({ value: 2, calm: false });
  rerender({ value: 3, calm: true });
  expect(result.current).toBe(3);
});

it('otherwise the value itself is shown at once', () => {
  const { result, rerender } = renderHook(({ value }) => useThrottledValue(value, false), {
    initialProps: { value: 0 },
  });
  rerender({ value: 5 });
  expect(result.current).toBe(5);
});
