import type { Verdict } from '../../../studies/evidence/verdict';

const SIGNS: Readonly<Record<Verdict['verdict'], string>> = {
  confirmed: '✓',
  opposite: '✗',
  'no effect': '≈',
  undecided: '?',
  'not run': '–',
};

/** A verdict as a sign and a word. */
export function VerdictMark({ result }: { readonly result: Pick<Verdict, 'verdict' | 'moreSeeds'> }) {
  const { verdict, moreSeeds } = result;
  return (
    <span className={`verdict verdict-${verdict.replace(' ', '-')}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {verdict}
      {moreSeeds !== null && verdict === 'undecided' && (
        <span className="difference">about {moreSeeds} more seeds to tell</span>
      )}
    </span>
  );
}
