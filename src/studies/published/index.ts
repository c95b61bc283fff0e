/**
 * What the papers print for the rows that are variants here: numbers only, as printed, with the table that they stand in.
 * Facts to hold results against, nothing that a model reads.
 */
import aread from './aread.json';
import causalint from './causalint.json';
import mscan from './mscan.json';
import optmsm from './optmsm.json';
import sarnet from './sarnet.json';

/** Which metric of a run a printed column answers to. */
export interface PublishedColumn {
  /** As printed, e.g. `#1`. */
  readonly label: string;
  /** The scenario with this place by share of traffic, 1 for the largest. */
  readonly rank?: number;
  /** The scenario with this id on the twin. */
  readonly scenario?: string;
  /** All rows pooled. */
  readonly overall?: boolean;
}

export interface PublishedRow {
  /** Name of the variant here. */
  readonly variant: string;
  /** As printed, where that differs. */
  readonly printed?: string;
  /** AUC, one a column; null where nothing is printed. */
  readonly values: readonly (number | null)[];
}

export interface PublishedTable {
  /** As printed, e.g. `Table 5`. */
  readonly table: string;
  readonly title: string;
  /** The paper's dataset, and the id of its simulated twin. */
  readonly dataset: string;
  readonly twin: string;
  /** The row that others are compared with: the complete model of this table. */
  readonly reference: string;
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly PublishedRow[];
  readonly note?: string;
}

/** An order that a text states where its figure prints no values. */
export interface PublishedStatement {
  readonly table: string;
  /** Variant that is said to do better, and the one that it is better than. */
  readonly above: string;
  readonly below: string;
  /** Said of the ten smallest scenarios; of all rows unless given. */
  readonly of?: string;
  readonly where: string;
}

export interface Published {
  readonly paper: string;
  readonly link: string;
  readonly tables: readonly PublishedTable[];
  readonly statements: readonly PublishedStatement[];
}

const papers: Readonly<Record<string, Published>> = { aread, causalint, mscan, optmsm, sarnet };

/** What a model's paper prints of its variants; null for models that are no paper's own. */
export function publishedOf(model: string): Published | null {
  return papers[model] ?? null;
}

/** True where a dataset is the twin itself or a world made from it (`aliccp-3`, `aliccp-3-medium-seed2`). */
export function isTwin(dataset: string, twin: string): boolean {
  return dataset === twin || dataset.startsWith(`${twin}-`);
}

/** Id of the scenario that a printed column is of, `overall` for all rows; null where this dataset has none. */
export function keyOfPrinted(
  column: PublishedColumn,
  scenarios: readonly { readonly id: string; readonly share: number }[],
): string | null {
  if (column.overall) return 'overall';
  if (column.scenario !== undefined) return scenarios.find((one) => one.id === column.scenario)?.id ?? null;
  const byShare = [...scenarios].sort((a, b) => b.share - a.share);
  return byShare[(column.rank ?? 0) - 1]?.id ?? null;
}

/** The printed table of a name; of several (one a dataset) the one that belongs to the dataset, else the first. */
export function publishedTable(model: string, table: string, dataset: string): PublishedTable | null {
  const found = papers[model]?.tables.filter((one) => one.table === table) ?? [];
  return found.find((one) => isTwin(dataset, one.twin)) ?? found[0] ?? null;
}
