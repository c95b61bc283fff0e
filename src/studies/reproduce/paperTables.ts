/** A paper's table as printed, with what a stored study found beside it. */
import { directionOf } from '../ablation/direction';
import type { Direction } from '../ablation/direction';
import type { PrintedTable } from '../claims';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { figureOf } from '../evidence/values';
import { spread } from '../statistics';
import type { Spread } from '../statistics';
import { cellSpread, pairedCells } from './cells';

/** How ours stands to the printed difference; the rest says why there is no direction. */
export type CellVerdict =
  Direction | 'reference' | 'not run' | 'no such scenario' | 'one seed' | 'no difference' | 'not printed';

export interface TableCell {
  readonly printed: number | null;
  /** Minus the reference row's. */
  readonly printedDifference: number | null;
  readonly ours: Spread | null;
  /** Mean difference from the reference row over the seeds that both have. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  readonly p: number | null;
  readonly verdict: CellVerdict;
}

export interface TableRow {
  /** As printed. */
  readonly name: string;
  /** The study's variant; null where the lab has no such model. */
  readonly variant: string | null;
  readonly seeds: number;
  readonly cells: readonly TableCell[];
}

export interface PaperTable {
  readonly table: PrintedTable;
  /** Place of the row that the others are compared with. */
  readonly reference: number;
  /** Whether the world is of the twin of the table's dataset; levels can be held side by side only there. */
  readonly onTwin: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Metrics of which less is better. */
const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['logLoss']);

/** True where a world is a printed table's twin or made from it. */
const isOf = (world: StudyWorld, twin: string | null): boolean => twin !== null && world.base === twin;

/** Whether a world has what a printed column is of: it has a ceiling then. */
const answers = (world: StudyWorld, of: string): boolean => figureOf(world.ceilings, world, of) !== null;

/** Mean over what is printed; null where a column is not. */
function meanPrinted(values: readonly (number | null)[]): number | null {
  return values.every((value) => value !== null) ? (spread(values)?.mean ?? null) : null;
}

function less(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

/** The row with the best printed mean: the model that the paper is about, as it tells it. */
export function bestPrinted({ metric, rows }: PrintedTable): number {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  const means = rows.map(({ values }) => {
    const mean = spread(values)?.mean ?? null;
    return mean === null ? Number.NEGATIVE_INFINITY : sign * mean;
  });
  return means.indexOf(Math.max(...means));
}

/**
 * @param study null, or `world` null: the printed numbers alone
 * @param reference place of the row that others are compared with
 *
 * On other data than the table's twin a column that no scenario answers to is left empty; where none does, one column stands for
 * all: the printed mean's difference still has a direction.
 */
export function paperTable(
  table: PrintedTable,
  study: StoredStudy | null,
  world: StudyWorld | null,
  reference = bestPrinted(table),
): PaperTable {
  const onTwin = world === null || isOf(world, table.twin);
  const answered = table.columns.map(({ label, of }) => ({
    label,
    of: world && of !== null && answers(world, of) ? of : null,
  }));
  const asPrinted = world === null || answered.some(({ of }) => of !== null);
  const columns = asPrinted ? answered : [{ label: 'Mean', of: 'mean' }];
  const printedOf = (row: number): readonly (number | null)[] => {
    const values = table.rows[row]?.values ?? [];
    return asPrinted ? columns.map((_, c) => values[c] ?? null) : [meanPrinted(values)];
  };
  const base = { variant: table.rows[reference]?.variant ?? null, printed: printedOf(reference) };
  const rows = table.rows.map(({ printed: name, variant }, r): TableRow => {
    const values = printedOf(r);
    const cells = columns.map(({ of }, c): TableCell => {
      const printed = values[c] ?? null;
      const numbers = cellNumbers(table, study, world, variant, base.variant, of);
      const printedDifference = r === reference ? null : less(printed, base.printed[c] ?? null);
      const cell = { ...numbers, printed, printedDifference };
      const verdict = verdictOf(cell, r === reference);
      return { ...cell, verdict: world && of === null ? 'no such scenario' : verdict };
    });
    return { name, variant, seeds: Math.max(0, ...cells.map(({ ours }) => ours?.count ?? 0)), cells };
  });
  return { table, reference, onTwin, columns: columns.map(({ label }) => label), rows };
}

type Numbers = Pick<TableCell, 'ours' | 'difference' | 'interval' | 'p'>;

/** What the study found of one row in one column. */
function cellNumbers(
  { metric }: PrintedTable,
  study: StoredStudy | null,
  world: StudyWorld | null,
  variant: string | null,
  against: string | null,
  of: string | null,
): Numbers {
  const none: Numbers = { ours: null, difference: null, interval: null, p: null };
  if (!study || !world || variant === null || of === null) return none;
  const looked = { metric, of };
  const ours = cellSpread(study, world, variant, looked);
  if (against === null || against === variant) return { ...none, ours };
  const found = pairedCells(study, world, variant, against, looked);
  return found
    ? { ours, difference: found.difference, interval: found.interval, p: found.p }
    : { ...none, ours };
}

function verdictOf(cell: Omit<TableCell, 'verdict'>, isReference: boolean): CellVerdict {
  if (!cell.ours) return 'not run';
  if (isReference) return 'reference';
  if (cell.printedDifference === null) return 'not printed';
  if (cell.difference === null) return 'one seed';
  return directionOf(cell.difference, cell.printedDifference, cell.p) ?? 'no difference';
}

/** Worlds of a study in which at least one row of a table was trained: the table's own twin first, then by dose, highest first. */
export function worldsOfTable(study: StoredStudy | null, table: PrintedTable): readonly StudyWorld[] {
  if (!study) return [];
  const ids = new Set(table.rows.flatMap(({ variant }) => variant ?? []));
  const trained = new Set(study.cells.filter(({ variant }) => ids.has(variant)).map(({ world }) => world));
  const place = (world: StudyWorld) => (isOf(world, table.twin) ? 0 : world.base === table.world ? 1 : 2);
  return study.worlds
    .filter(({ id }) => trained.has(id))
    .sort((a, b) => place(a) - place(b) || (b.dose ?? 0) - (a.dose ?? 0));
}
