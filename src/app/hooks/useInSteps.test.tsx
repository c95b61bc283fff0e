// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useInSteps } from './useInSteps';

const work = (value: number) =>
  function* () {
    yield;
    yield;
    return value;
  };

describe('a computation in steps', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes a task a step, and keeps what it had until the next is done', () => {
    const [one, two] = [work(1), work(2)];
    const { result, rerender } = renderHook(({ act: todo }) => useInSteps(todo, true), {
      initialProps: { act: one },
    });
    const steps: (number | null)[] = [];
    for (let step = 0; step < 3; step++) {
      act(() => void vi.advanceTimersToNextTimer());
      steps.push(result.current);
    }
    expect(steps).toEqual([null, null, 1]);
    rerender({ act: two });
    act(() => void vi.advanceTimersToNextTimer());
    expect(result.current).toBe(1);
    act(() => void vi.runAllTimers());
    expect(result.current).toBe(2);
  });

  it('is done at once where it is light', () => {
    const one = work(7);
    const { result } = renderHook(() => useInSteps(one, false));
    expect(result.current).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });
});
