// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { useEffect } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ResettingErrorBoundary } from './ErrorBoundary';

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function FailsAsItGoes() {
  useEffect(
    () => () => {
      throw new Error('on the way out');
    },
    [],
  );
  return <p>first</p>;
}

function FailsAtOnce(): never {
  throw new Error('at once');
}

const page = (of: string, part: React.ReactNode) => (
  <>
    <nav>elsewhere</nav>
    <ResettingErrorBoundary what="This page" of={of}>
      {part}
    </ResettingErrorBoundary>
  </>
);

it('keeps the rest of the page where a part fails as it goes, and says so', () => {
  const { rerender } = render(page('a', <FailsAsItGoes />));
  rerender(page('b', <p>second</p>));
  expect(screen.getByText('elsewhere')).toBeDefined();
  expect(screen.getByRole('alert').textContent).toContain('This page could not be drawn');
});

it('draws the next part where the one before had failed', () => {
  const { rerender } = render(page('a', <FailsAtOnce />));
  expect(screen.getByRole('alert')).toBeDefined();
  rerender(page('b', <p>second</p>));
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByText('second')).toBeDefined();
});
