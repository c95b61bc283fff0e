/** What a paper's table prints beside an ablation's metrics. */
import { isTwin, keyOfPrinted } from '../published';
import type { PublishedTable } from '../published';
import { spread } from '../statistics';
import type { RunMetrics } from '../columns';

export interface PrintedFigures {
  /** The label of the printed column that belongs to a column here; null where none does. */
  label(column: string): string | null;
  value(variant: string, column: string): number | null;
  /** Minus the number of the table's complete model. On other data than the table's, of the mean over its columns alone. */
  difference(variant: string, column: string): number | null;
  /** Whether the runs are of the dataset that the table is about. */
  readonly onTwin: boolean;
}

function less(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

/** @param table null where the paper prints none of these rows */
export function printedFigures(
  table: PublishedTable | null,
  dataset: string,
  scenarios: RunMetrics['scenarios'],
): PrintedFigures {
  const onTwin = table !== null && isTwin(dataset, table.twin);
  const keys = table && onTwin ? table.columns.map((column) => keyOfPrinted(column, scenarios)) : [];
  const valuesOf = (variant: string) => table?.rows.find((row) => row.variant === variant)?.values ?? [];
  const value = (variant: string, column: string): number | null => {
    const at = keys.indexOf(column);
    return at < 0 ? null : (valuesOf(variant)[at] ?? null);
  };
  /** Levels stand for nothing on other data; the direction of their mean still does. */
  const mean = (variant: string): number | null => spread(valuesOf(variant))?.mean ?? null;
  return {
    onTwin,
    value,
    label: (column) => table?.columns[keys.indexOf(column)]?.label ?? null,
    difference(variant, column) {
      if (!table) return null;
      if (!onTwin) return column === 'mean' ? less(mean(variant), mean(table.reference)) : null;
      return less(value(variant, column), value(table.reference, column));
    },
  };
}
