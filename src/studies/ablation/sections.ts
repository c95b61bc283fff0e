/** An ablation's runs in the form of the paper's tables, each row against the table's complete model. */
import type { Variant } from '../../models/definition';
import { findModel } from '../../models/registry';
import { publishedOf, publishedTable } from '../published';
import type { PublishedTable } from '../published';
import { pairedDifference, spread } from '../statistics';
import type { Spread } from '../statistics';
import type { AucKind, MissingAuc } from '../../training/metrics/aucKind';
import { scenarioColumns, summaryColumns } from '../columns';
import type { RunMetrics, StudyColumn } from '../columns';
import type { Ablation, FinalMetrics } from './ablation';
import { settingsKey } from '../setups';
import { directionOf } from './direction';
import type { Direction } from './direction';
import { printedFigures } from './printed';

export interface AblationCell {
  /** Over the seeds that are done; null before the first. */
  readonly spread: Spread | null;
  /** Why runs that are done have no figure; null where they have one, or none is done. */
  readonly missing: MissingAuc | null;
  /** Mean minus the reference's over shared seeds; null for the reference. */
  readonly difference: number | null;
  readonly p: number | null;
  /** What the paper prints here, and its difference from the reference's number. */
  readonly printed: number | null;
  readonly printedDifference: number | null;
  /** Null where the paper prints nothing, or no difference. */
  readonly direction: Direction | null;
}

export interface ResultRow {
  readonly name: string;
  /** As printed, where that differs from the name. */
  readonly printed: string | null;
  readonly reference: boolean;
  /** False: this row was not among those asked for. */
  readonly asked: boolean;
  /** Seeds that are done. */
  readonly seeds: number;
  readonly cells: readonly AblationCell[];
}

/** An order that the paper's text states, held against the runs. */
export interface StatedOrder {
  readonly above: string;
  readonly below: string;
  readonly where: string;
  readonly difference: number | null;
  readonly p: number | null;
  readonly direction: Direction | null;
}

export interface Section {
  /** `switches`, or the paper's table. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly (StudyColumn & { readonly printed: string | null })[];
  readonly rows: readonly ResultRow[];
  /** What is quoted beside: paper, table and dataset; null where nothing is. */
  readonly source: string | null;
  readonly note: string | null;
  readonly stated: readonly StatedOrder[];
}

type FinalsOf = (run: string) => FinalMetrics | undefined;

/** Runs of one row by seed, null where one is not done. */
function runsOf(ablation: Ablation, row: number, finals: FinalsOf): (FinalMetrics | null)[] {
  return ablation.seeds.map((_, s) => {
    const run = ablation.runs[s * ablation.rows.length + row] ?? null;
    return run === null ? null : (finals(run) ?? null);
  });
}

interface Planned {
  readonly name: string;
  readonly key: string;
}

export function ablationSections(ablation: Ablation, finals: FinalsOf, kind: AucKind): readonly Section[] {
  const { base } = ablation;
  const model = findModel(base.model);
  const trained = new Map(ablation.rows.map((row, k) => [settingsKey(row.settings), k]));
  const own = settingsKey(base.settings);
  const keyOf = (variant: Variant) => settingsKey({ ...base.settings, ...variant.settings });
  const first = ablation.runs.map((run) => (run === null ? undefined : finals(run))).find((run) => run);
  const scenarios = first?.scenarios ?? [];
  const sections: Section[] = [];

  const build = (id: string, title: string, rows: readonly Planned[], reference: string): void => {
    const table = publishedTable(base.model, id, base.dataset);
    sections.push(
      sectionOf({ ablation, finals, kind, scenarios, trained, id, title, rows, reference, table }),
    );
  };

  const switches = ablation.rows.filter((row) => row.table === null && settingsKey(row.settings) !== own);
  if (switches.length > 0 && trained.has(own)) {
    build(
      'switches',
      'Each switch turned alone',
      [
        { name: model.title, key: own },
        ...switches.map((row) => ({ name: row.name, key: settingsKey(row.settings) })),
      ],
      own,
    );
  }
  for (const table of new Set(model.variants.map((variant) => variant.table))) {
    const rows = model.variants
      .filter((variant) => variant.table === table)
      .map((variant) => ({ name: variant.name, key: keyOf(variant) }));
    const named = publishedTable(base.model, table, base.dataset);
    const reference = rows.find((row) => row.name === named?.reference)?.key ?? own;
    const there = rows.filter((row) => row.key !== reference && trained.has(row.key)).length;
    // A table of which only the complete model was trained compares nothing.
    if (!trained.has(reference) || there === 0) continue;
    build(table, named?.title ?? '', rows, reference);
  }
  return sections;
}

/** Scenarios, then the summaries; of many scenarios the summaries alone. */
function columnsOf(scenarios: RunMetrics['scenarios']): readonly StudyColumn[] {
  const { overall, mean, traffic, major, minor, minor5 } = summaryColumns;
  const own = scenarioColumns(scenarios);
  return own.length > 0 ? [...own, overall, mean] : [overall, mean, traffic, major, minor, minor5];
}

interface SectionInput {
  readonly ablation: Ablation;
  readonly finals: FinalsOf;
  readonly kind: AucKind;
  readonly scenarios: FinalMetrics['scenarios'];
  readonly trained: ReadonlyMap<string, number>;
  readonly id: string;
  readonly title: string;
  readonly rows: readonly Planned[];
  /** Settings key of the row that others are compared with. */
  readonly reference: string;
  readonly table: PublishedTable | null;
}

function sectionOf(input: SectionInput): Section {
  const { ablation, finals, kind, scenarios, trained, id, title, rows, reference, table } = input;
  const printed = printedFigures(table, ablation.base.dataset, scenarios);
  const columns = columnsOf(scenarios).map((column) => ({ ...column, printed: printed.label(column.key) }));
  const runsOfRow = (key: string): readonly (FinalMetrics | null)[] => {
    const at = trained.get(key);
    return at === undefined ? [] : runsOf(ablation, at, finals);
  };
  /** One value a seed, null where the run is not done. */
  const valuesOf = (key: string, column: StudyColumn) =>
    runsOfRow(key).map((run) => (run === null ? null : column.of(run, kind)));
  const missingOf = (key: string, column: StudyColumn): MissingAuc | null => {
    const why = runsOfRow(key).map((run) => run && (column.missing?.(run, kind) ?? 'undefined'));
    return why.includes('too few') ? 'too few' : why.includes('undefined') ? 'undefined' : null;
  };
  const result = rows.map(({ name, key }): ResultRow => {
    const isReference = key === reference;
    const cells = columns.map((column): AblationCell => {
      const values = valuesOf(key, column);
      const { mean: difference, p } = isReference
        ? { mean: null, p: null }
        : pairedDifference(values, valuesOf(reference, column));
      const printedDifference = isReference ? null : printed.difference(name, column.key);
      const summary = spread(values);
      return {
        spread: summary,
        missing: summary === null ? missingOf(key, column) : null,
        difference,
        p,
        printed: printed.value(name, column.key),
        printedDifference,
        direction: directionOf(difference, printedDifference, p),
      };
    });
    return {
      name,
      printed: table?.rows.find((row) => row.variant === name)?.printed ?? null,
      reference: isReference,
      asked: trained.has(key),
      seeds: runsOfRow(key).filter((run) => run !== null).length,
      cells,
    };
  });
  const published = publishedOf(ablation.base.model);
  const stated = (published?.statements ?? []).flatMap((one): StatedOrder[] => {
    if (one.table !== id) return [];
    const column = one.of === 'minor' ? summaryColumns.minor : summaryColumns.overall;
    const [above, below] = [one.above, one.below].map((name) => rows.find((row) => row.name === name)?.key);
    if (!above || !below || !trained.has(above) || !trained.has(below)) return [];
    const { mean: difference, p } = pairedDifference(valuesOf(above, column), valuesOf(below, column));
    return [{ ...one, difference, p, direction: directionOf(difference, 1, p) }];
  });
  return {
    id,
    title,
    columns,
    rows: result,
    source: published && sourceOf(published.paper, id, table, printed.onTwin, stated.length > 0),
    note: table?.note ?? null,
    stated,
  };
}

/** What is quoted; null where nothing is. */
function sourceOf(
  paper: string,
  id: string,
  table: PublishedTable | null,
  onTwin: boolean,
  stated: boolean,
): string | null {
  if (table) {
    const elsewhere = onTwin ? '' : ', not this dataset: directions of the mean only';
    return `${paper}, ${table.table} (${table.dataset}${elsewhere})`;
  }
  return stated ? `${paper}, ${id} and its text` : null;
}

/** How many of the paper's directions come back: in the mean, and beyond chance. */
export function agreement(section: Section): {
  readonly compared: number;
  readonly agree: number;
  readonly beyondChance: number;
  readonly oppositeBeyondChance: number;
} {
  const all = [
    ...section.rows.flatMap((row) => row.cells.map((cell) => cell.direction)),
    ...section.stated.map((one) => one.direction),
  ].filter((direction) => direction !== null);
  const count = (...wanted: readonly Direction[]) => all.filter((one) => wanted.includes(one)).length;
  return {
    compared: all.length,
    agree: count('agrees', 'agrees, within chance'),
    beyondChance: count('agrees'),
    oppositeBeyondChance: count('opposite'),
  };
}
