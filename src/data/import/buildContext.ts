import { ImportError, type Notice } from './errors';
import { columnOfRole, type ImportRole, type Mapping } from './mapping';
import { findColumn, type Table, type TextColumn } from './table';

/** What every step of a build shares. */
export interface BuildContext {
  readonly table: Table;
  readonly mapping: Mapping;
  /** Grows as the build goes on. */
  readonly notices: Notice[];
  /** Column of that name. @throws ImportError `missingColumn`. */
  readonly column: (name: string) => TextColumn;
  /** The one column of a role, or null. */
  readonly ofRole: (role: ImportRole) => TextColumn | null;
  /** Tells progress (0…1), lets other work through, and stops where the build was cancelled. */
  readonly step: (fraction: number) => Promise<void>;
}

export function makeContext(
  table: Table,
  mapping: Mapping,
  step: (fraction: number) => Promise<void>,
): BuildContext {
  const column = (name: string): TextColumn => {
    const found = findColumn(table, name);
    if (found) return found;
    throw new ImportError(
      'missingColumn',
      `The file has no column “${name}”, which the mapping uses; map this file anew.`,
      { column: name },
    );
  };
  return {
    table,
    mapping,
    // An encoding that the mapping names is no guess, whoever read the table.
    notices: table.notices.filter(({ code }) => code !== 'guessedEncoding' || mapping.read.encoding === null),
    column,
    ofRole: (role) => {
      const mapped = columnOfRole(mapping, role);
      return mapped && column(mapped.column);
    },
    step,
  };
}
