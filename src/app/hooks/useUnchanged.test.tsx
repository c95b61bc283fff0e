// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useUnchanged } from './useUnchanged';

it('stays the object that it was while it says the same, and changes with what it says', () => {
  const [first, again, other] = [{ x: 1 }, { x: 1 }, { x: 2 }];
  const { result, rerender } = renderHook(({ value }) => useUnchanged(value, (a, b) => a.x === b.x), {
    initialProps: { value: first },
  });
  rerender({ value: again });
  expect(result.current).toBe(first);
  rerender({ value: other });
  expect(result.current).toBe(other);
  rerender({ value: first });
  expect(result.current).toBe(first);
});
