import { useEffect, useState } from 'react';

/** TeX, typeset. KaTeX is fetched when the first equation is asked for; until then (and offline without it) the source stands. */
export function Equation({ tex }: { readonly tex: string }) {
  const [html, setHtml] = useState<{ readonly tex: string; readonly html: string } | null>(null);
  useEffect(() => {
    let wanted = true;
    void import('./katex').then(
      ({ typeset }) => wanted && setHtml({ tex, html: typeset(tex) }),
      () => undefined, // the source stays readable
    );
    return () => {
      wanted = false;
    };
  }, [tex]);
  if (html?.tex !== tex) return <code className="equation-source">{tex}</code>;
  return <div className="equation" tabIndex={0} dangerouslySetInnerHTML={{ __html: html.html }} />;
}
