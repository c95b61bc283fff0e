import { useState } from 'react';

/**
 * A value as the object that it was, for as long as it says the same: what is made anew in every rendering is then no reason to draw again.
 *
 * @param same whether two values say the same
 */
export function useUnchanged<T>(value: T, same: (before: T, now: T) => boolean): T {
  const [held, setHeld] = useState(value);
  if (held === value || same(held, value)) return held;
  setHeld(value);
  return value;
}
