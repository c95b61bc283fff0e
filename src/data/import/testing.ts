/** Small files for this folder's tests. */
import { buildDataset, type BuildOptions, type BuiltDataset } from './build';
import { ImportError, type ProblemCode } from './errors';
import { inspectFile } from './inspect';
import type { Mapping } from './mapping';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A CSV file of rows of cells; cells are quoted where they must be. */
export function csv(rows: readonly (readonly (string | number)[])[], newline = '\n'): Uint8Array {
  const quote = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return utf8(rows.map((row) => row.map((cell) => quote(String(cell))).join(',')).join(newline) + newline);
}

export interface LogOptions {
  readonly rows?: number;
  readonly users?: number;
  readonly items?: number;
  readonly scenarios?: number;
  /** More columns: name and value of a row. */
  readonly more?: Readonly<Record<string, (row: number, label: number) => string | number>>;
  /** Columns to leave out. */
  readonly without?: readonly string[];
  readonly label?: (row: number) => string | number;
}

/** A plain log `user_id,item_id,domain,label,timestamp` in order of time, with no signal in it. */
export function plainLog(options: LogOptions = {}): (string | number)[][] {
  const { rows = 200, users = 20, items = 30, scenarios = 3, more = {}, without = [] } = options;
  const noise = (row: number, salt: number): number =>
    Math.abs(Math.imul((row + 1) * 2654435761 + salt * 40503, 0x85ebca6b) >> 5);
  const label = options.label ?? ((row) => (noise(row, 7) % 10 < 3 ? 1 : 0));
  const columns: Record<string, (row: number) => string | number> = {
    user_id: (row) => noise(row, 1) % users,
    item_id: (row) => noise(row, 2) % items,
    domain: (row) => noise(row, 3) % scenarios,
    label,
    timestamp: (row) => 1_600_000_000 + row * 60,
  };
  for (const [name, value] of Object.entries(more)) columns[name] = (row) => value(row, Number(label(row)));
  const names = Object.keys(columns).filter((name) => !without.includes(name));
  return [names, ...Array.from({ length: rows }, (_, row) => names.map((name) => columns[name]!(row)))];
}

/** Inspects and builds with the proposed mapping, changed where the test says so. */
export async function importWith(
  bytes: Uint8Array,
  change: (mapping: Mapping) => void = () => {},
  options: BuildOptions = {},
): Promise<BuiltDataset & { readonly mapping: Mapping }> {
  const inspection = await inspectFile(bytes, { name: 'test.csv', ...options });
  if (!inspection.mapping) throw new Error('no mapping was proposed');
  const mapping = structuredClone(inspection.mapping);
  change(mapping);
  const built = await buildDataset(bytes, mapping, { name: 'test.csv', ...options });
  return { ...built, mapping };
}

/** The ImportError that some work ends with. @throws where it ends otherwise. */
export async function importError(work: () => Promise<unknown>): Promise<ImportError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  throw new Error('The work was expected to end with an ImportError, but it succeeded.');
}

/** Changes what the mapping says of one column. */
export const set = (mapping: Mapping, column: string, change: Partial<Mapping['columns'][number]>): void => {
  Object.assign(
    mapping.columns.find((c) => c.column === column)!,
    change,
  );
};

/** The ImportError that importing ends with, the proposed mapping changed. */
export const failWith = (
  bytes: Uint8Array,
  change?: (mapping: Mapping) => void,
): ReturnType<typeof importError> => importError(() => importWith(bytes, change));

export function codes(list: readonly { readonly code: ProblemCode }[]): ProblemCode[] {
  return list.map((one) => one.code);
}
