/** Which kept run is which stored cell again: the one whose set-up is the cell's, its backend aside. */
import { cellSetup } from '../evidence/cellAddress';
import type { StoredStudy, StudyCell } from '../evidence/format';
import { settingsKey } from '../setups';
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
  const scored = study.variants.find(({ id }) => id === cell.variant)?.scored;
  if (scored !== undefined)
    return {
      study,
      cell,
      key,
      setup: null,
      problem: `It is the run of another row with its test rows scored otherwise (${scored}), which the page does not do; repeat it with npm run study.`,
    };
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

/** Cells with their set-ups. */
export function repeatableCells(study: StoredStudy, cells: readonly StudyCell[]): readonly RepeatableCell[] {
  return cells.map((cell) => repeatable(study, cell));
}
