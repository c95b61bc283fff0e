/** A file is read once for looking at it and importing it: reading a million rows takes most of the time of either. */
import { buildFromTable, type BuildOptions, type BuiltDataset } from './build';
import type { ImportSource } from './bytes';
import { inspectTable, type InspectOptions, type Inspection } from './inspect';
import { parseMapping, type Mapping } from './mapping';
import type { ReadOptions } from './options';
import { readTable } from './readTable';
import type { Table } from './table';

/** What tells one choice of a file from another; null for a source that has no date, and may be anything. */
function identityOf(source: ImportSource): string | null {
  if (source instanceof Uint8Array || !('lastModified' in source)) return null;
  return JSON.stringify([source.name, source.size, source.lastModified]);
}

/** Whether a table was read as the mapping says. */
function readAs({ format }: Table, { read }: Mapping): boolean {
  return (
    read.delimiter === format.delimiter &&
    read.encoding === format.encoding &&
    read.quotes === format.quotes &&
    read.header === (format.kind === 'text' ? format.header : null)
  );
}

/** Holds the table of the file last looked at until it is imported or another file comes. Limits and seed are the same for all. */
export class TableOnce {
  private held: { readonly identity: string; readonly table: Table } | null = null;

  /** As `inspectFile`; the same file looked at again (by another known schema) is not read again. */
  async inspect(source: ImportSource, options: InspectOptions = {}): Promise<Inspection> {
    return inspectTable(await this.read(source, options, () => !options.dialect), options);
  }

  /** As `buildDataset`, without reading what `inspect` read in the way of the mapping. */
  async build(source: ImportSource, mapping: unknown, options: BuildOptions = {}): Promise<BuiltDataset> {
    const checked = parseMapping(mapping);
    const dialect = { ...checked.read, ...options.dialect };
    const table = await this.read(source, { ...options, dialect }, (held) => readAs(held, checked));
    const built = await buildFromTable(table, checked, options);
    this.held = null;
    return built;
  }

  private async read(
    source: ImportSource,
    options: ReadOptions,
    fits: (held: Table) => boolean,
  ): Promise<Table> {
    const identity = identityOf(source);
    if (identity !== null && this.held?.identity === identity && fits(this.held.table))
      return this.held.table;
    this.held = null;
    const table = await readTable(source, options);
    if (identity !== null) this.held = { identity, table };
    return table;
  }
}
