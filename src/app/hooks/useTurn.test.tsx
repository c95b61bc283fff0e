// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { useTurn } from './useTurn';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** Longer than a task may take, by the clock, which no stand-in for timers moves. */
function takeLong(): void {
  const until = performance.now() + 20;
  while (performance.now() < until);
}

/** A part that takes a while to draw. */
function Slow({ name }: { readonly name: string }) {
  const come = useTurn();
  if (come) takeLong();
  return <p>{come ? name : ''}</p>;
}

it('parts that appear together are drawn one a task, in their order; one that leaves is not waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const parts = (names: readonly string[]) => names.map((name) => <Slow key={name} name={name} />);
  const { rerender } = render(<>{parts(['one', 'two', 'three'])}</>);
  const drawn = () => ['one', 'two', 'three'].filter((name) => screen.queryByText(name) !== null);
  expect(drawn()).toEqual([]);
  const seen: string[][] = [];
  for (let task = 0; task < 3; task++) {
    await act(async () => {
      vi.advanceTimersToNextTimer();
      await Promise.resolve();
    });
    seen.push(drawn());
    if (task === 0) rerender(<>{parts(['one', 'three'])}</>);
  }
  expect(seen[0]).toEqual(['one']);
  expect(seen.at(-1)).toEqual(['one', 'three']);
});
