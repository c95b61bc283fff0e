import { useEffect, useRef } from 'react';
import { useTheme } from '../../store/theme';

/** While a story is presented the page is dark, whatever was chosen; Escape ends it. */
export function usePresent(present: boolean, end: () => void): void {
  const ended = useRef(end);
  useEffect(() => {
    ended.current = end;
  });
  const force = useTheme((state) => state.force);
  useEffect(() => {
    if (!present) return;
    force('dark');
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) ended.current();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
      force(null);
    };
  }, [present, force]);
}
