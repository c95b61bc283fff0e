/**
 * What can be wrong with a person's file. A problem that ends the import is an `ImportError`; one that the import can live
 * with is a `Notice` beside the result. Both say in one sentence what is wrong, where, and what to do.
 */
import { formatCount } from '../count';

export type ProblemCode =
  | 'emptyFile'
  | 'noRows'
  | 'unsupportedFile'
  | 'badGzip'
  | 'badParquet'
  | 'badEncoding'
  | 'guessedEncoding'
  | 'oneColumn'
  | 'noHeader'
  | 'duplicateHeader'
  | 'emptyHeader'
  | 'raggedRows'
  | 'skippedLines'
  | 'decimalComma'
  | 'tooLarge'
  | 'badQuotes'
  | 'sampled'
  | 'badMapping'
  | 'missingColumn'
  | 'noLabel'
  | 'labelNotBinary'
  | 'unreadableLabel'
  | 'twoLabels'
  | 'oneClass'
  | 'noScenario'
  | 'oneScenario'
  | 'missingScenario'
  | 'tooManyScenarios'
  | 'scenarioOutsideTraining'
  | 'noPositives'
  | 'emptySplit'
  | 'noTimeOrder'
  | 'timeNotEvent'
  | 'unreadableTime'
  | 'oddTime'
  | 'coarseTime'
  | 'unreadableSplit'
  | 'validationFromTraining'
  | 'unreadableNumber'
  | 'unreadableWeight'
  | 'zeroWeights'
  | 'beyondInt32'
  | 'roundedIds'
  | 'leak'
  | 'leakKept'
  | 'outcome'
  | 'oneUser'
  | 'noUser'
  | 'noItem'
  | 'allRare'
  | 'noFields'
  | 'history'
  | 'truth';

/** Where a problem lies. Lines count from 1, the header's line included; in Parquet files they count rows. */
export interface Place {
  readonly column: string | null;
  readonly line: number | null;
}

export interface Notice extends Place {
  readonly code: ProblemCode;
  /** One sentence for people, with the column and the line where there are such. */
  readonly sentence: string;
}

/** Ends an import: nothing can be made of the file (or of the mapping) until the sentence is heeded. */
export class ImportError extends Error implements Notice {
  override readonly name = 'ImportError';
  readonly column: string | null;
  readonly line: number | null;

  constructor(
    readonly code: ProblemCode,
    readonly sentence: string,
    place: Partial<Place> = {},
  ) {
    super(sentence);
    this.column = place.column ?? null;
    this.line = place.line ?? null;
  }
}

export function notice(code: ProblemCode, sentence: string, place: Partial<Place> = {}): Notice {
  return { code, sentence, column: place.column ?? null, line: place.line ?? null };
}

/** `1 row`, `3,091 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `a, b and 4 more`, at most `most` names. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}
