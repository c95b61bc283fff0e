import { useEffect, useState } from 'react';

/**
 * A value that changes at most once every `ms`, for parts of the page that cost much to lay out and little to wait for.
 * The last value always arrives.
 *
 * @param throttled false: the value itself, at once
 */
export function useThrottledValue<T>(value: T, throttled: boolean, ms = 1000): T {
  const [held, setHeld] = useState({ value, at: Number.NEGATIVE_INFINITY, throttled });
  // Throttling starts from the value of now: what was held before may be of another run.
  if (held.throttled !== throttled) setHeld({ value, at: Number.NEGATIVE_INFINITY, throttled });
  useEffect(() => {
    if (!throttled || held.value === value) return;
    const wait = Math.max(0, held.at + ms - performance.now());
    const timer = setTimeout(() => setHeld({ value, at: performance.now(), throttled }), wait);
    return () => clearTimeout(timer);
  }, [value, held, throttled, ms]);
  return throttled ? held.value : value;
}
