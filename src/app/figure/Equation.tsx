import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { typeset } from './katex';

type Typeset = typeof typeset;

/** TeX, typeset. KaTeX is fetched when the first equation is asked for; until then (and offline without it) the source stands. */
export function Equation({ tex }: { readonly tex: string }) {
  const [typeset, setTypeset] = useState<Typeset | null>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let wanted = true;
    void import('./katex').then(
      (loaded) => wanted && setTypeset(() => loaded.typeset),
      () => undefined, // the source stays readable
    );
    return () => {
      wanted = false;
    };
  }, []);
  useLayoutEffect(() => {
    if (place.current) typeset?.(tex, place.current);
  }, [typeset, tex]);
  if (!typeset) return <code className="equation-source">{tex}</code>;
  return <div className="equation" tabIndex={0} ref={place} />;
}
