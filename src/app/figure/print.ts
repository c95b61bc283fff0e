/** What is printed is light, whatever the page's theme. */
import { flushSync } from 'react-dom';
import { useTheme } from '../store/theme';

/**
 * Reads drawings as they stand in the light theme: the page is drawn in it, read, and drawn as it was, all before the browser
 * paints again.
 */
export function inLight<T>(read: () => T): T {
  const { theme, force } = useTheme.getState();
  if (theme === 'light') return read();
  // Effects, which paint canvases, run with it.
  flushSync(() => force('light'));
  try {
    return read();
  } finally {
    flushSync(() => force(theme));
  }
}
