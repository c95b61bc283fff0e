import type { ImportSource } from './bytes';
import type { Notice } from './errors';
import { lookForLeaks } from './inspectLeaks';
import { idsOf, proposeForTable, thresholdFor } from './inspectProposals';
import { pushWarnings } from './inspectWarnings';
import { mappingSchema, type ImportRole, type Mapping } from './mapping';
import { checkAborted, yieldToEventLoop, type ReadOptions } from './options';
import { findSchema, recogniseSchema, type KnownSchema } from './schemas';
import { profileColumn, type ColumnProfile } from './profile';
import { toColumnMapping, type Proposal } from './propose';
import { readTable } from './readTable';
import type { Table, TableFormat } from './table';

export interface ColumnInspection extends ColumnProfile {
  /** Proposed role; the whole proposal is in `Inspection.mapping`. */
  readonly role: ImportRole;
  /** One sentence: why. */
  readonly reason: string;
  /** AUC of this column alone against the proposed label; null where it was not computed. */
  readonly auc: number | null;
}

/** What is seen of a file before it is imported. Plain data: it can be posted between threads and kept as JSON. */
export interface Inspection {
  readonly file: string;
  readonly format: TableFormat;
  /** Rows of the file, and rows looked at (fewer where sampled). */
  readonly totalRows: number;
  readonly rows: number;
  readonly columns: readonly ColumnInspection[];
  /** First rows as text `[row][column]`. */
  readonly firstRows: readonly (readonly string[])[];
  /** The known schema that the file has, or null. */
  readonly schema: { readonly id: string; readonly title: string; readonly note: string | null } | null;
  /** The proposed mapping, complete; null where no label is in sight. */
  readonly mapping: Mapping | null;
  /** The proposed mapping all the same; where no label is in sight, a person must choose one before it can be imported. */
  readonly draft: Mapping;
  readonly warnings: readonly Notice[];
}

export interface InspectOptions extends ReadOptions {
  /** Rows shown. */
  readonly firstRows?: number;
  /** Known schema to apply instead of the recognised one; null for none. */
  readonly schema?: string | null;
}

/** Reads a file and proposes a mapping. @throws ImportError where it cannot be read; the signal's reason when aborted. */
export async function inspectFile(source: ImportSource, options: InspectOptions = {}): Promise<Inspection> {
  return inspectTable(await readTable(source, options), options);
}

/** Profiles a table and proposes a mapping; the table can then be built from as often as the mapping changes. */
export async function inspectTable(table: Table, options: InspectOptions = {}): Promise<Inspection> {
  const profiles: ColumnProfile[] = [];
  for (const column of table.columns) {
    checkAborted(options.signal);
    profiles.push(profileColumn(table, column));
    options.onProgress?.({
      phase: 'looking',
      fraction: profiles.length / (2 * table.columns.length),
      rows: table.rows,
    });
    if (table.rows > 50_000) await yieldToEventLoop();
  }
  const schema =
    options.schema === undefined
      ? recogniseSchema(table.columns.map((c) => c.name))
      : findSchema(options.schema);
  const warnings: Notice[] = [...table.notices];
  const proposals = proposeForTable(table, profiles, schema);
  const evidence = await lookForLeaks(table, profiles, proposals, schema, warnings, options);
  const draft = assemble(table, profiles, proposals, schema);
  pushWarnings(profiles, proposals, idsOf(profiles, proposals, schema), table, draft, warnings);
  return {
    file: table.file,
    format: table.format,
    totalRows: table.totalRows,
    rows: table.rows,
    columns: profiles.map((profile) => {
      const { role, reason } = proposals.get(profile.name)!;
      return { ...profile, role, reason, auc: evidence.get(profile.name) ?? null };
    }),
    firstRows: Array.from({ length: Math.min(table.rows, options.firstRows ?? 20) }, (_, row) =>
      table.columns.map((column) => column.values[column.codes[row]!]!),
    ),
    schema: schema && { id: schema.id, title: schema.title, note: schema.note },
    mapping: draft.columns.some((column) => column.role === 'label') ? draft : null,
    draft,
    warnings,
  };
}

function assemble(
  table: Table,
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  schema: KnownSchema | null,
): Mapping {
  const label = profiles.find((profile) => proposals.get(profile.name)!.role === 'label');
  const ids = idsOf(profiles, proposals, schema);
  const time = profiles.find((profile) => proposals.get(profile.name)!.role === 'time');
  const held = (name: string | null, role: ImportRole): string | null =>
    name !== null && proposals.get(name)?.role === role ? name : null;
  return mappingSchema.parse({
    version: 1,
    title: table.file.replace(/\.(csv|tsv|txt|dat|data|parquet|gz)+$/i, '').slice(0, 200) || 'Imported',
    schema: schema?.id ?? null,
    columns: profiles.map((profile) => toColumnMapping(profile.name, proposals.get(profile.name)!)),
    userId: held(ids.user, 'user'),
    itemId: held(ids.item, 'item'),
    label: { threshold: label ? thresholdFor(label, schema) : null, positive: null },
    time: { unit: time ? (time.timeUnit ?? 'bins') : 'auto' },
    read: {
      delimiter: table.format.delimiter,
      encoding: table.format.encoding,
      header: table.format.kind === 'text' ? table.format.header : null,
      quotes: table.format.quotes,
    },
  });
}
