import { useEffect, useMemo, useState } from 'react';

/** The list cut into pieces; those whose items are all unchanged stay the same array. */
function cut<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let from = 0; from < list.length; from += size) pieces.push(list.slice(from, from + size));
  return pieces;
}

/**
 * A long list whose changes arrive piece by piece, each in a task of its own, so that redrawing hundreds of rows never
 * blocks the page; between two arrivals a person's click is served. A first list, and one of another length, arrive whole.
 *
 * @param size items of a piece; a list that fits into one is passed through
 */
export function useChunkedList<T>(newest: readonly T[], size: number): readonly (readonly T[])[] {
  const wanted = useMemo(() => cut(newest, size), [newest, size]);
  const [shown, setShown] = useState({ pieces: wanted, next: 0, length: newest.length });
  const whole = wanted.length <= 1 || shown.length !== newest.length || shown.pieces.length !== wanted.length;
  if (whole && shown.pieces !== wanted) setShown({ pieces: wanted, next: 0, length: newest.length });
  useEffect(() => {
    if (shown.pieces.every((piece, k) => piece === wanted[k])) return;
    const timer = setTimeout(() => {
      setShown(({ pieces, next, length }) => {
        // Round and round, so that a list that changes faster than it is drawn does not leave its end behind.
        const at = Math.min(next, wanted.length - 1);
        return {
          pieces: pieces.map((piece, k) => (k === at ? wanted[k]! : piece)),
          next: (at + 1) % wanted.length,
          length,
        };
      });
    });
    return () => clearTimeout(timer);
  }, [wanted, shown]);
  return whole ? wanted : shown.pieces;
}
