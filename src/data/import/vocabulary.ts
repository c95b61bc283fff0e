import type { TextColumn } from './table';
import { canonical, isMissing, parseList } from './values';

/** Which local id each value of a column has. Local id 0 stands for other, unknown and no value. */
export interface Vocabulary {
  /** Local ids, 0 included. */
  readonly size: number;
  /** Local id by canonical value. */
  readonly ids: ReadonlyMap<string, number>;
  /** Names of local ids. */
  readonly labels: readonly string[];
  /** Distinct values of the training rows that were too rare. */
  readonly folded: number;
}

/** How a cell of a field column is spelled in the vocabulary; null where it holds nothing. */
function spelling(text: string, first: boolean): string | null {
  if (isMissing(text)) return null;
  if (!first) return canonical(text);
  const list = parseList(text);
  return list === null ? canonical(text) : (list[0] ?? null);
}

/** The spelling of each code of a column. */
export function spellings(column: TextColumn, first = false): (string | null)[] {
  return column.values.map((text) => spelling(text, first));
}

/** Entries of each distinct list of a column; a missing cell is an empty list, any other cell a list of one. */
export function listEntries(column: TextColumn): readonly (readonly string[])[] {
  return column.values.map((text) => (isMissing(text) ? [] : (parseList(text) ?? [text.trim()])));
}

/** Counts values over training rows only: nothing of the evaluation rows may shape the vocabulary. */
export class VocabularyCounter {
  private readonly counts = new Map<string, number>();

  addColumn(column: TextColumn, spelled: readonly (string | null)[], trainingRows: Int32Array): void {
    const byCode = new Float64Array(column.values.length);
    for (const row of trainingRows) byCode[column.codes[row]!]!++;
    spelled.forEach((value, code) => {
      if (value !== null && byCode[code]! > 0) this.add(value, byCode[code]);
    });
  }

  /** Entries of list cells. */
  addLists(column: TextColumn, trainingRows: Int32Array): void {
    const byCode = new Float64Array(column.values.length);
    for (const row of trainingRows) byCode[column.codes[row]!]!++;
    listEntries(column).forEach((list, code) => {
      if (byCode[code]! > 0) for (const entry of list) this.add(entry, byCode[code]);
    });
  }

  private add(value: string, count = 1): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + count);
  }

  /** Values seen at least `rareBelow` times, the commonest first (equally common ones in the order in which they were met). */
  finish(rareBelow: number): Vocabulary {
    const kept = [...this.counts].filter(([, count]) => count >= rareBelow);
    kept.sort((a, b) => b[1] - a[1]);
    return {
      size: kept.length + 1,
      ids: new Map(kept.map(([value], index) => [value, index + 1])),
      labels: ['other', ...kept.map(([value]) => value)],
      folded: this.counts.size - kept.length,
    };
  }
}

/** Local ids of a column's rows `[rows]`. */
export function encodeColumn(
  column: TextColumn,
  spelled: readonly (string | null)[],
  vocabulary: Vocabulary,
  rows: Int32Array,
): Int32Array {
  const ofCode = Int32Array.from(spelled, (value) => (value === null ? 0 : (vocabulary.ids.get(value) ?? 0)));
  return Int32Array.from(rows, (row) => ofCode[column.codes[row]!]!);
}
