/** How imported files were read, kept beside their datasets: to be seen, and used again for a file of the same columns. */
import { parseMapping } from '../data/import/mapping';
import type { Mapping } from '../data/import/mapping';
import type { KeyValueStore } from './protocol';

const PREFIX = 'mapping/';

/** Name under which the mapping of a dataset is kept among the values. */
export const mappingKey = (dataset: string): string => PREFIX + dataset;

/** Null where it cannot be used any more, e.g. because another version of the lab wrote it. */
function parsed(text: string | null): Mapping | null {
  if (text === null) return null;
  try {
    return parseMapping(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The mapping that a dataset was imported with; null where none was kept. */
export async function keptMapping(values: KeyValueStore, dataset: string): Promise<Mapping | null> {
  return parsed(await values.read(mappingKey(dataset)));
}

/**
 * Kept mappings that fit a file: of the same columns, in whatever order.
 *
 * @param columns of the file
 * @returns one for each way of reading them
 */
export async function fittingMappings(
  values: KeyValueStore,
  columns: readonly string[],
): Promise<readonly { readonly dataset: string; readonly mapping: Mapping }[]> {
  const names = new Set(columns);
  const fits = ({ columns: mapped }: Mapping): boolean =>
    mapped.length === names.size && mapped.every(({ column }) => names.has(column));
  const distinct = new Map<string, { readonly dataset: string; readonly mapping: Mapping }>();
  for (const [key, text] of await values.readAll(PREFIX)) {
    const mapping = parsed(text);
    if (!mapping || !fits(mapping)) continue;
    // A title is the file's, not the way of reading it.
    distinct.set(JSON.stringify({ ...mapping, title: '' }), { dataset: key.slice(PREFIX.length), mapping });
  }
  return [...distinct.values()];
}
