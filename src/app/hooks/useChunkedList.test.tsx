// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useChunkedList } from './useChunkedList';

const list = (value: number, length = 10) => Array.from({ length }, (_, k) => value * 100 + k);
const flat = (pieces: readonly (readonly number[])[]) => pieces.flat();

describe('a list in pieces', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('arrives whole at first, then one piece a task, until all of it is new', () => {
    const { result, rerender } = renderHook(({ rows }) => useChunkedList(rows, 3), {
      initialProps: { rows: list(1) },
    });
    expect(flat(result.current)).toEqual(list(1));
    const [before] = [result.current];
    rerender({ rows: list(2) });
    expect(flat(result.current)).toEqual(list(1));
    for (let piece = 1; piece <= 4; piece++) {
      act(() => void vi.advanceTimersToNextTimer());
      const changed = result.current.filter((one, k) => one !== before[k]).length;
      expect(changed).toBe(piece);
    }
    expect(flat(result.current)).toEqual(list(2));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reaches its end even where it changes with every piece', () => {
    const { result, rerender } = renderHook(({ rows }) => useChunkedList(rows, 3), {
      initialProps: { rows: list(0) },
    });
    for (let value = 1; value <= 8; value++) {
      rerender({ rows: list(value) });
      act(() => void vi.advanceTimersToNextTimer());
    }
    expect(Math.min(...flat(result.current))).toBeGreaterThanOrEqual(500);
  });

  it('of another length, or short, it arrives at once', () => {
    const { result, rerender } = renderHook(({ rows }) => useChunkedList(rows, 3), {
      initialProps: { rows: list(1) },
    });
    rerender({ rows: list(2, 12) });
    expect(flat(result.current)).toEqual(list(2, 12));
    rerender({ rows: list(3, 3) });
    rerender({ rows: list(4, 3) });
    expect(flat(result.current)).toEqual(list(4, 3));
    rerender({ rows: [] });
    expect(result.current).toEqual([]);
  });
});
