import { useId } from 'react';
import { glossary } from './terms';
import './glossaryTerm.css';

const meanings: ReadonlyMap<string, string> = new Map(
  glossary.flatMap(({ terms }) => terms.map(({ term, meaning }) => [term.toLowerCase(), meaning])),
);

/** What the glossary says of a word; undefined where it does not have it. */
export function meaningOf(term: string): string | undefined {
  return meanings.get(term.toLowerCase());
}

interface Props {
  /** As the glossary has it. */
  readonly term: string;
  /** As it is written here, e.g. in the plural. */
  readonly children: string;
}

/** A word of the glossary: its meaning shows while it is pointed at or has the focus, and is read with it. */
export function GlossaryTerm({ term, children }: Props) {
  const id = useId();
  const meaning = meaningOf(term);
  if (meaning === undefined) return <>{children}</>;
  return (
    <span className="term">
      <button
        type="button"
        className="term-word"
        aria-describedby={id}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      >
        {children}
      </button>
      <span role="tooltip" id={id} className="term-meaning">
        <strong>{term}</strong> {meaning}
      </span>
    </span>
  );
}
