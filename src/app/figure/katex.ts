import katex from 'katex';
import 'katex/dist/katex.min.css';

/**
 * Typesets TeX as the only child of `place`, with MathML beside it for screen readers; broken TeX is shown as its source. As
 * elements, not as text that the browser would have to read as HTML: the page's policy lets no text become HTML.
 */
export function typeset(tex: string, place: HTMLElement): void {
  katex.render(tex, place, { displayMode: true, throwOnError: false, output: 'htmlAndMathml' });
}
