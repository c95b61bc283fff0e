/** Rows that had a tuning budget: which of their draws was taken, and where they stand in a stored study. */
import { bestDraw, tuningDraws, type TuningDraw } from '../tuning';
import { findVariant } from './variants';

export { tunedId, tunedIn } from './tunedVariants';

/** Seed of the draws and of the runs that are judged: one that no study reports. */
export const TUNING_SEED = 1001;

/** A row that was tuned in one world. */
export interface Tuned {
  /** The variant as it comes. */
  readonly of: string;
  /** Log loss on validation rows, draw by draw; null where undefined. */
  readonly losses: readonly (number | null)[];
}

/** The draws of a variant, what makes it this variant left as it is. */
export function drawsOf(of: string, count: number): readonly TuningDraw[] {
  const { model, settings } = findVariant(of);
  return tuningDraws(model, TUNING_SEED, settings, count);
}

/** The draw that was taken: the least log loss; where none is defined the row as it comes. */
export function takenDraw({ of, losses }: Tuned): { readonly best: number; readonly draw: TuningDraw } {
  const best = bestDraw(losses) ?? 0;
  return { best, draw: drawsOf(of, losses.length)[best]! };
}
