import { agreement } from '../../../studies/reproduce/agreement';
import type { Agreement, Repeat } from '../../../studies/reproduce/agreement';
import type { RepeatableCell } from '../../../studies/reproduce/repeats';
import { formatDuration } from '../../format';
import { attempt } from '../../store/notices';
import { runAgain } from '../../store/repeats';

interface Props {
  readonly cells: readonly RepeatableCell[];
  readonly repeats: ReadonlyMap<string, Repeat>;
  /** What is run, as the end of a sentence: `this row`. */
  readonly what: string;
  /** Name of the batch in the queue. */
  readonly title: string;
}

/** One press trains stored cells again in this browser; beside it what those that were say. */
export function RunHere({ cells, repeats, what, title }: Props) {
  const able = cells.filter(({ setup }) => setup !== null);
  const left = able.filter(({ key }) => !repeats.has(key));
  const problem = cells.find((cell) => cell.problem !== null)?.problem ?? null;
  const seconds = left.reduce((sum, { cell }) => sum + cell.seconds, 0);
  const again = left.length > 0 ? left : able;
  return (
    <span className="run-here">
      <button
        type="button"
        className="button"
        data-testid="run-cell"
        disabled={able.length === 0}
        onClick={() => attempt(() => runAgain(again, title))}
      >
        Run {what} {left.length > 0 ? 'here' : 'here again'}
      </button>
      <span className="muted">
        {left.length > 0 &&
          `${left.length} ${left.length === 1 ? 'run' : 'runs'}${seconds > 0 ? `, ${formatDuration(seconds)} where the study was made` : ''}. `}
        {able.length > left.length && agreedWords(able, repeats)}
        {able.length < cells.length && ` ${problem ?? ''}`}
      </span>
    </span>
  );
}

/** `3 of 10 were run here: 2 agree to the bit, 1 is close.` */
function agreedWords(cells: readonly RepeatableCell[], repeats: ReadonlyMap<string, Repeat>): string {
  const done = cells.filter(({ key }) => repeats.has(key)).length;
  const judged = cells.flatMap(({ study, cell, key }) => {
    const repeat = repeats.get(key);
    return (repeat && agreement(study, cell, repeat)) ?? [];
  });
  const count = (kind: Agreement['kind']) => judged.filter((one) => one.kind === kind).length;
  const parts = [
    `${count('exact')} agree to the bit`,
    ...(count('close') > 0 ? [`${count('close')} within 0.002`] : []),
    ...(count('apart') > 0 ? [`${count('apart')} do not`] : []),
  ];
  const said = judged.length > 0 ? `: ${parts.join(', ')}` : '';
  return `${done} of ${cells.length} were run here${said}.`;
}
