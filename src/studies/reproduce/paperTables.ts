/** A paper's table as printed, with what a stored study found beside it. */
import { aucRatio, relaImpr } from '../../training/metrics/relaImpr';
import { directionOf } from '../ablation/direction';
import type { Direction } from '../ablation/direction';
import type { PrintedTable } from '../claims';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { tunedId, tunedIn } from '../evidence/tunedVariants';
import { figureOf, scenariosOf } from '../evidence/values';
import { spread } from '../statistics';
import type { Spread } from '../statistics';
import { cellsOf, cellSpread, meanInference, pairedCells } from './cells';
import { partWords } from './words';

/** How ours stands to the printed difference; the rest says why there is no direction. */
export type CellVerdict =
  | Direction
  | 'reference'
  | 'not run'
  | 'reference not run'
  | 'no such scenario'
  | 'one seed'
  | 'no difference'
  | 'not printed';

/** A relative improvement as a share: `0.0123` is 1.23 %. */
export interface TableRelaImpr {
  /** As printed; null where it is not. */
  readonly printed: number | null;
  /** (AUC − 0.5) / (base − 0.5) − 1 of our means; null without both. */
  readonly half: number | null;
  /** AUC / base − 1 of our means. */
  readonly ratio: number | null;
}

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
  /** Null where the table prints none. */
  readonly relaImpr: TableRelaImpr | null;
}

export interface TableRow {
  /** As printed. */
  readonly name: string;
  /** The study's variant; null where the lab has no such model. */
  readonly variant: string | null;
  readonly seeds: number;
  /** Processor seconds of training and evaluation, mean over seeds; null where not run. */
  readonly seconds: number | null;
  /** Processor microseconds of scoring one test row, mean over the runs that kept it; null where none did. */
  readonly inference: number | null;
  /** Trained numbers of the model. */
  readonly parameters: number | null;
  /** Draws of its tuning budget; null for a row as it comes. */
  readonly draws: number | null;
  readonly cells: readonly TableCell[];
}

export interface PaperTable {
  readonly table: PrintedTable;
  /** Place of the row that the others are compared with. */
  readonly reference: number;
  /** Whether the world is of the twin of the table's dataset; levels can be held side by side only there. */
  readonly onTwin: boolean;
  readonly columns: readonly string[];
  /** What of our world stands in a column, in words; null where nothing does. */
  readonly ours: readonly (string | null)[];
  /** Whether rows are those that had a tuning budget in this world. */
  readonly tuned: boolean;
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
 * @param tuned rows that had a tuning budget in this world, in the place of those as they come
 *
 * On other data than the table's twin a column that no scenario answers to is left empty; where none does, one column stands for
 * all: the printed mean's difference still has a direction.
 */
export function paperTable(
  table: PrintedTable,
  study: StoredStudy | null,
  world: StudyWorld | null,
  reference = bestPrinted(table),
  tuned = false,
): PaperTable {
  const chosen = tuned && study && world ? tunedIn(study, world.id) : null;
  /** The study's variant behind a printed row: of tuned rows one of its own, so that a row without a budget is not run. */
  const variantOf = (row: number): string | null => {
    const variant = table.rows[row]?.variant ?? null;
    return variant === null || !chosen || !world ? variant : tunedId(variant, world.id);
  };
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
  const base = { variant: variantOf(reference), printed: printedOf(reference) };
  const referenceRuns =
    study && world && base.variant !== null ? cellsOf(study, world.id, [base.variant]).length : 0;
  const relaImprOf = (
    row: number,
    c: number,
    ours: Spread | null,
    of: string | null,
  ): TableRelaImpr | null => {
    if (!table.relaImpr) return null;
    const { bases, values } = table.relaImpr;
    const percent = values[row]?.[c] ?? null;
    const baseRow = table.rows.findIndex(({ printed }) => printed === bases[c]);
    const variant = variantOf(baseRow);
    const against =
      study && world && variant !== null && of !== null && baseRow !== row
        ? (cellSpread(study, world, variant, { metric: table.metric, of })?.mean ?? null)
        : null;
    const own = ours?.mean ?? null;
    return {
      printed: percent === null ? null : percent / 100,
      half: relaImpr(own, against),
      ratio: aucRatio(own, against),
    };
  };
  const rows = table.rows.map(({ printed: name }, r): TableRow => {
    const variant = variantOf(r);
    const values = printedOf(r);
    const cells = columns.map(({ of }, c): TableCell => {
      const printed = values[c] ?? null;
      const numbers = cellNumbers(table, study, world, variant, base.variant, of);
      const printedDifference = r === reference ? null : less(printed, base.printed[c] ?? null);
      const relaImpr = asPrinted ? relaImprOf(r, c, numbers.ours, of) : null;
      const cell = { ...numbers, printed, printedDifference, relaImpr };
      const verdict = verdictOf(cell, r === reference, referenceRuns > 0);
      return { ...cell, verdict: world && of === null ? 'no such scenario' : verdict };
    });
    const runs = study && world && variant !== null ? cellsOf(study, world.id, [variant]) : [];
    return {
      name,
      variant,
      seeds: Math.max(0, ...cells.map(({ ours }) => ours?.count ?? 0)),
      seconds: spread(runs.map(({ seconds }) => seconds))?.mean ?? null,
      inference: meanInference(runs),
      parameters: runs[0]?.parameters ?? null,
      draws:
        (variant !== null && study?.variants.find(({ id }) => id === variant)?.tuned?.losses.length) || null,
      cells,
    };
  });
  return {
    table,
    reference,
    onTwin,
    columns: columns.map(({ label }) => label),
    ours: columns.map(({ of }) => (world && of !== null ? answering(world, of) : null)),
    tuned: chosen !== null,
    rows,
  };
}

/** Which part of our world answers to a column: a scenario by its name. */
function answering(world: StudyWorld, of: string): string {
  const [s] = scenariosOf(world, of) ?? [];
  const one = /^(largest|smallest|#\d+)$/.test(of) && s !== undefined;
  return one ? world.scenarios[s]!.name : partWords(of, world.scenarios);
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

function verdictOf(
  cell: Omit<TableCell, 'verdict' | 'relaImpr'>,
  isReference: boolean,
  referenceRun: boolean,
): CellVerdict {
  if (!cell.ours) return 'not run';
  if (isReference) return 'reference';
  if (cell.printedDifference === null) return 'not printed';
  if (cell.difference === null) return referenceRun ? 'one seed' : 'reference not run';
  return directionOf(cell.difference, cell.printedDifference, cell.p) ?? 'no difference';
}

/** Worlds of a study in which at least one row of a table was trained: the table's own twin first, then by dose, highest first. */
export function worldsOfTable(study: StoredStudy | null, table: PrintedTable): readonly StudyWorld[] {
  if (!study) return [];
  const printed = new Set(table.rows.flatMap(({ variant }) => variant ?? []));
  const ids = new Set(
    study.variants.filter(({ id, tuned }) => printed.has(tuned?.of ?? id)).map(({ id }) => id),
  );
  const trained = new Set(study.cells.filter(({ variant }) => ids.has(variant)).map(({ world }) => world));
  const place = (world: StudyWorld) => (isOf(world, table.twin) ? 0 : world.base === table.world ? 1 : 2);
  return study.worlds
    .filter(({ id }) => trained.has(id))
    .sort((a, b) => place(a) - place(b) || (b.dose ?? 0) - (a.dose ?? 0));
}

/** Whether a world has tuned rows of a table, and whether every row that was run there is among them. */
export function tunedRows(
  study: StoredStudy,
  table: PrintedTable,
  world: StudyWorld,
): { readonly some: boolean; readonly all: boolean } {
  const tuned = tunedIn(study, world.id);
  const plain = table.rows.flatMap(({ variant }) =>
    variant !== null && cellsOf(study, world.id, [variant]).length > 0 ? [variant] : [],
  );
  const some = table.rows.some(({ variant }) => variant !== null && tuned.has(variant));
  return { some, all: some && plain.every((variant) => tuned.has(variant)) };
}
