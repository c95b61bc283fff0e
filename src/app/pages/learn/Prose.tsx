import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { GlossaryTerm } from '../../glossary/GlossaryTerm';

/** `[[term]]`, `[[term|as written]]` or `*stressed*`. */
const MARKS = /\[\[([^\]|]+)(?:\|([^\]]+))?\]\]|\*([^*]+)\*/g;

/** Words of the glossary in a text. */
export function termsIn(text: string): readonly string[] {
  return [...text.matchAll(MARKS)].flatMap(([, term]) => (term === undefined ? [] : [term]));
}

function parts(text: string): ReactNode[] {
  const found: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, term, written, stressed] = match;
    found.push(text.slice(from, match.index));
    const next = text.slice(match.index + whole.length);
    // A plural: [[scenario]]s is one word.
    const tail = term === undefined ? '' : (/^[a-z]+/.exec(next)?.[0] ?? '');
    found.push(
      term === undefined ? (
        <em>{stressed}</em>
      ) : (
        <GlossaryTerm term={term}>{`${written ?? term.replace(/ \(.*\)$/, '')}${tail}`}</GlossaryTerm>
      ),
    );
    from = match.index + whole.length + tail.length;
  }
  found.push(text.slice(from));
  return found;
}

/** A text of a story, with its words of the glossary. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {parts(text).map((part, k) => (
        <Fragment key={k}>{part}</Fragment>
      ))}
    </>
  );
}
