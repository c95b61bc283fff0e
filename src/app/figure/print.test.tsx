// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { useEffect, useRef } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { useTheme } from '../store/theme';
import { inLight } from './print';

/** Painted by an effect, as canvases are. */
function Painted() {
  const theme = useTheme((state) => state.theme);
  const ref = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.title = theme;
  }, [theme]);
  return <p ref={ref}>{theme}</p>;
}

const seen = (container: HTMLElement) => {
  const drawn = container.querySelector('p');
  return [document.documentElement.dataset.theme, drawn?.textContent, drawn?.title];
};

afterEach(() => {
  cleanup();
  useTheme.getState().force('light');
});

describe('what is printed', () => {
  it.each(['dark', 'light'] as const)(
    'is light on a %s page, effects included, and the page stays',
    (theme) => {
      useTheme.getState().force(theme);
      const { container } = render(<Painted />);
      expect(inLight(() => seen(container))).toEqual(['light', 'light', 'light']);
      expect(seen(container)).toEqual([theme, theme, theme]);
    },
  );

  it('leaves the page as it was where reading fails', () => {
    useTheme.getState().force('dark');
    const { container } = render(<Painted />);
    expect(() =>
      inLight(() => {
        throw new Error('too large');
      }),
    ).toThrow('too large');
    expect(seen(container)).toEqual(['dark', 'dark', 'dark']);
  });
});
