// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useSize } from './useSize';

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(320);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function Measured({ empty }: { readonly empty: boolean }) {
  const [ref, { width }] = useSize<HTMLDivElement>();
  return empty ? <p>nothing yet</p> : <div ref={ref}>{width} px</div>;
}

it('measures an element that is drawn later', () => {
  const { rerender, container } = render(<Measured empty />);
  rerender(<Measured empty={false} />);
  expect(container.textContent).toBe('320 px');
});
