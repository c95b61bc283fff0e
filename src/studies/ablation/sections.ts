/** An ablation's runs in the form of the paper's tables, each row against the table's complete model. */
import type { Variant } from '../../models/definition';
import { findModel } from '../../models/registry';
import { isTwin, keyOfPrinted, publishedOf, publishedTable } from '../published';
import type { PublishedTable } from '../published';
import { pairedDifference, spread } from '../statistics';
import type { Spread } from '../statistics';
import type { AucKind } from '../../training/metrics/aucKind';
import { scenarioColumns, summaryColumns } from '../columns';
import type { RunFigures, StudyColumn } from '../columns';
import type { Ablation, FinalFigures } from './ablation';
import { settingsKey } from '../setups';

/** Whether a difference goes where the paper's goes; beyond chance at p < 0.05 over seeds. */
export type Direction = 'agrees' | 'agrees, within chance' | 'opposite' | 'opposite, within chance';

export interface AblationCell {
  /** Over the seeds that are done; null before the first. */
  readonly spread: Spread | null;
  /** Mean minus the reference's over shared seeds; null for the reference. */
  readonly difference: number | null;
  readonly p: number | null;
  /** What the paper prints here, and its difference from the reference's figure. */
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

type FinalsOf = (run: string) => FinalFigures | undefined;

export function directionOf(
  difference: number | null,
  printed: number | null,
  p: number | null,
): Direction | null {
  // Printed figures have four digits; their difference is no better known.
  if (difference === null || difference === 0 || printed === null || Math.abs(printed) < 5e-5) return null;
  const same = difference > 0 === printed > 0;
  const chance = p === null || p >= 0.05;
  return same
    ? chance
      ? 'agrees, within chance'
      : 'agrees'
    : chance
      ? 'opposite, within chance'
      : 'opposite';
}

/** Runs of one row by seed, null where one is not done. */
function runsOf(ablation: Ablation, row: number, finals: FinalsOf): (FinalFigures | null)[] {
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
function columnsOf(scenarios: RunFigures['scenarios']): readonly StudyColumn[] {
  const { overall, mean, major, minor, minor5 } = summaryColumns;
  const own = scenarioColumns(scenarios);
  return own.length > 0 ? [...own, overall, mean] : [overall, mean, major, minor, minor5];
}

interface SectionInput {
  readonly ablation: Ablation;
  readonly finals: FinalsOf;
  readonly kind: AucKind;
  readonly scenarios: FinalFigures['scenarios'];
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
  const onTwin = table !== null && isTwin(ablation.base.dataset, table.twin);
  const printedColumns = table && onTwin ? table.columns : [];
  const columns = columnsOf(scenarios).map((column) => ({
    ...column,
    printed: printedColumns.find((one) => keyOfPrinted(one, scenarios) === column.key)?.label ?? null,
  }));
  const figuresOf = (key: string, column: StudyColumn) => {
    const at = trained.get(key);
    return at === undefined
      ? []
      : runsOf(ablation, at, finals).map((run) => (run === null ? null : column.of(run, kind)));
  };
  const printedValue = (name: string, column: StudyColumn): number | null => {
    const at = printedColumns.findIndex((one) => keyOfPrinted(one, scenarios) === column.key);
    return at < 0 ? null : (table?.rows.find((row) => row.variant === name)?.values[at] ?? null);
  };
  /** On other data the paper's figures stand for nothing here; the direction of their mean still does. */
  const meanPrinted = (name: string): number | null =>
    table && !onTwin
      ? (spread(table.rows.find((row) => row.variant === name)?.values ?? [])?.mean ?? null)
      : null;
  const referenceName = table?.reference ?? '';
  const less = (a: number | null, b: number | null) => (a === null || b === null ? null : a - b);
  const result = rows.map(({ name, key }): ResultRow => {
    const isReference = key === reference;
    const cells = columns.map((column): AblationCell => {
      const values = figuresOf(key, column);
      const others = figuresOf(reference, column);
      const { mean: difference, p } = isReference
        ? { mean: null, p: null }
        : pairedDifference(values, others);
      const printed = printedValue(name, column);
      const printedDifference = isReference
        ? null
        : column.key === 'mean' && !onTwin
          ? less(meanPrinted(name), meanPrinted(referenceName))
          : less(printed, printedValue(referenceName, column));
      return {
        spread: spread(values),
        difference,
        p,
        printed,
        printedDifference,
        direction: directionOf(difference, printedDifference, p),
      };
    });
    const at = trained.get(key);
    return {
      name,
      printed: table?.rows.find((row) => row.variant === name)?.printed ?? null,
      reference: isReference,
      asked: at !== undefined,
      seeds: at === undefined ? 0 : runsOf(ablation, at, finals).filter((run) => run !== null).length,
      cells,
    };
  });
  const published = publishedOf(ablation.base.model);
  const stated = (published?.statements ?? []).flatMap((one): StatedOrder[] => {
    if (one.table !== id) return [];
    const column = one.of === 'minor' ? summaryColumns.minor : columns.find(({ key }) => key === 'overall');
    const keys = [one.above, one.below].map((name) => rows.find((row) => row.name === name)?.key);
    if (!column || !keys[0] || !keys[1] || !trained.has(keys[0]) || !trained.has(keys[1])) return [];
    const { mean: difference, p } = pairedDifference(figuresOf(keys[0], column), figuresOf(keys[1], column));
    return [{ ...one, difference, p, direction: directionOf(difference, 1, p) }];
  });
  return {
    id,
    title,
    columns,
    rows: result,
    source: table
      ? `${published!.paper}, ${table.table} (${table.dataset}${onTwin ? '' : ', not this dataset: directions of the mean only'})`
      : stated.length > 0
        ? `${published!.paper}, ${id} and its text`
        : null,
    note: table?.note ?? null,
    stated,
  };
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
