/** The numbers that a figure draws, as a table: for screen readers, for export and for tests. */
export type Cell = string | number | null;

export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows there are, where only the first of them are here. */
  readonly total?: number;
}

/** The page holds no more cells than this of one figure: laying out the pairs of 355 scenarios takes a minute. */
export const MAX_CELLS = 4000;
