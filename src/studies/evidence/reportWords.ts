/** Words that pages of docs/evidence share: effects, verdicts, what was expected, and how a study was trained. */
import { formatSigned } from '../format';
import type { Expected } from './expected';
import type { StoredStudy } from './format';
import type { Verdict } from './verdict';

/** `+0.0217 [+0.0109, +0.0326] (5)`: the effect, its 95 % interval, the seeds. */
export function effectText({ effect, interval, pairs }: Verdict): string {
  if (effect === null) return '–';
  return interval
    ? `${formatSigned(effect)} [${formatSigned(interval[0])}, ${formatSigned(interval[1])}] (${pairs})`
    : `${formatSigned(effect)} (${pairs})`;
}

export function verdictText({ verdict, moreSeeds }: Verdict): string {
  return verdict === 'undecided' && moreSeeds !== null ? `undecided, ${moreSeeds} more seeds` : verdict;
}

/** What is tested, in words. */
export const EXPECTED: Readonly<Record<Expected, string>> = {
  higher: 'higher',
  lower: 'lower',
  'no difference': 'within ± 0.002',
  'not lower': 'above −0.002',
  'barely higher': 'between 0 and 0.002',
};

/** How a study was trained, in a paragraph. */
export function trainedText({ variants, cells, made }: StoredStudy): string {
  const training = variants[0]?.training ?? {};
  const seeds = new Set(cells.map(({ seed }) => seed)).size;
  return (
    `${cells.length} runs over up to ${seeds} seed${seeds === 1 ? '' : 's'} on ${made.backend}, at most ${String(training['steps'])} steps of ${String(training['batch'])} rows at learning ` +
    `rate ${String(training['learningRate'])}; ${String(training['stopMetric'])} on validation rows chooses the weights, test rows choose nothing. Mean ± standard deviation ` +
    `over seeds, their number in brackets. Effects are differences paired over seeds with their 95 % interval; verdicts are adjusted by Holm within a place of the paper, ` +
    `and “no effect” means inside ± 0.002 by two one-sided tests. Data are simulated.`
  );
}
