/** The numbers that a figure draws, as a table: for screen readers, for export and for tests. */
export type Cell = string | number | null;

export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
