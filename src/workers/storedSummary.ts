/** What a page shows of a sample before anybody reads its rows: computed when the sample was made, and kept beside it. */
import type { DatasetSummary } from './protocol';

const FORMAT = 'scenarium-summary/1';

type Stored = Omit<DatasetSummary, 'userOverlap' | 'relatedness'> & {
  readonly format: typeof FORMAT;
  readonly userOverlap: readonly number[] | null;
  readonly relatedness: readonly number[] | null;
};

/** A summary as JSON; `readSummary` gives the same summary back. */
export function writeSummary({ userOverlap, relatedness, ...rest }: DatasetSummary): string {
  const plain = (matrix: Float32Array | null) => matrix && Array.from(matrix);
  const stored: Stored = {
    format: FORMAT,
    ...rest,
    userOverlap: plain(userOverlap),
    relatedness: plain(relatedness),
  };
  return `${JSON.stringify(stored)}\n`;
}

const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT;

/** @returns null where the text is no summary that this version reads: then the rows say */
export function readSummary(text: string): DatasetSummary | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isStored(value)) return null;
  const { format: _, userOverlap, relatedness, ...rest } = value;
  const matrix = (numbers: readonly number[] | null) => numbers && Float32Array.from(numbers);
  return { ...rest, userOverlap: matrix(userOverlap), relatedness: matrix(relatedness) };
}
