import katex from 'katex';
import 'katex/dist/katex.min.css';

/** HTML with MathML beside it for screen readers; broken TeX is shown as its source. */
export function typeset(tex: string): string {
  return katex.renderToString(tex, { displayMode: true, throwOnError: false, output: 'htmlAndMathml' });
}
