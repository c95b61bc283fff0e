import { useEffect, useState } from 'react';

/**
 * A value that changes at most once every `ms`, for parts of the page that cost much to lay out and little to wait for.
 * The last value always arrives.
 *
 * @param calm false: the value itself, at once
 */
export function useCalm<T>(value: T, calm: boolean, ms = 1000): T {
  const [held, setHeld] = useState({ value, at: Number.NEGATIVE_INFINITY, calm });
  // Growing calm starts from the value of now: what was held before may be of another run.
  if (held.calm !== calm) setHeld({ value, at: Number.NEGATIVE_INFINITY, calm });
  useEffect(() => {
    if (!calm || held.value === value) return;
    const wait = Math.max(0, held.at + ms - performance.now());
    const timer = setTimeout(() => setHeld({ value, at: performance.now(), calm }), wait);
    return () => clearTimeout(timer);
  }, [value, held, calm, ms]);
  return calm ? held.value : value;
}
