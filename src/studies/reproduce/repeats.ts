/** Which kept run is which stored cell again: the one whose set-up is the cell's, its backend aside. */
import { cellSetup } from '../evidence/cellAddress';
import type { StoredStudy, StudyCell } from '../evidence/format';
import { settingsKey } from '../setups';
import type { Repeat } from './agreement';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';

/** A cell with what trains it again. */
export interface RepeatableCell {
  readonly study: StoredStudy;
  readonly cell: StudyCell;
  /** Names the cell among all studies. */
  readonly key: string;
  /** Null where this version cannot train it: `problem` says why. */
  readonly setup: ParsedSetup | null;
  readonly problem: string | null;
}

/** A set-up with its seed and without its backend, as one text. */
export function repeatKey({ model, dataset, seed, settings, training }: RunSetup): string {
  return JSON.stringify([model, dataset, seed, settingsKey(settings), settingsKey({ ...training })]);
}

function cellKey(study: StoredStudy, { world, variant, seed }: StudyCell): string {
  return JSON.stringify([study.id, world, variant, seed]);
}

function repeatable(study: StoredStudy, cell: StudyCell): RepeatableCell {
  const key = cellKey(study, cell);
  try {
    return { study, cell, key, setup: cellSetup(study, cell), problem: null };
  } catch (error) {
    return {
      study,
      cell,
      key,
      setup: null,
      problem: error instanceof Error ? error.message : 'This version cannot train it.',
    };
  }
}

/** Whether a cell trains nothing of its own: it is the run of its model with the test rows scored otherwise. */
export function scoredOtherwise({ study, cell }: Pick<RepeatableCell, 'study' | 'cell'>): boolean {
  return study.variants.find(({ id }) => id === cell.variant)?.scored !== undefined;
}

/** What a run says of a cell that it repeats; null where the cell is of test rows scored otherwise, which an earlier version did not do. */
export function repeatFor(cell: Pick<RepeatableCell, 'study' | 'cell'>, repeat: Repeat): Repeat | null {
  if (!scoredOtherwise(cell)) return repeat;
  const fixed = repeat.figures['interestAucFixedSlot'];
  return fixed ? { ...repeat, figures: { interestAuc: fixed } } : null;
}

/** Cells without those whose run another of them already is. */
export function differentRuns(cells: readonly RepeatableCell[]): readonly RepeatableCell[] {
  const seen = new Set<string>();
  return cells.filter(({ setup }) => {
    if (!setup) return false;
    const key = repeatKey(setup);
    const first = !seen.has(key);
    seen.add(key);
    return first;
  });
}

/** Cells with their set-ups. */
export function repeatableCells(study: StoredStudy, cells: readonly StudyCell[]): readonly RepeatableCell[] {
  return cells.map((cell) => repeatable(study, cell));
}
