/** Kept runs as a file to pass on: one as JSON, several as a zip, read and packed one after the other. */
import { strToU8, Zip, ZipDeflate } from 'fflate';
import type { RunRecord } from '../runRecord';
import { recordToText } from './recordText';

export interface ExportedRuns {
  readonly name: string;
  readonly file: Blob;
}

function fileName(name: string): string {
  return (
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 80) || 'run'
  );
}

/**
 * @param get a record, or null where it was deleted meanwhile
 * @param onRun called after each, with how many are packed
 * @throws Error with one sentence where none of the runs is there any more
 */
export async function exportRuns(
  ids: readonly string[],
  get: (id: string) => Promise<RunRecord | null>,
  onRun: (done: number) => void = () => undefined,
): Promise<ExportedRuns> {
  if (ids.length === 1) {
    const record = await get(ids[0] ?? '');
    if (record)
      return {
        name: `${fileName(record.name)}.json`,
        file: new Blob([recordToText(record)], { type: 'application/json' }),
      };
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, part) => {
    failure ??= error;
    parts.push(Uint8Array.from(part));
  });
  let packed = 0;
  for (const [k, id] of ids.entries()) {
    // One record stands in memory at a time.
    const record = await get(id);
    if (record) {
      const entry = new ZipDeflate(`${fileName(record.name)}-${record.id.slice(0, 8)}.json`);
      zip.add(entry);
      entry.push(strToU8(recordToText(record)), true);
      packed++;
    }
    onRun(k + 1);
  }
  if (packed === 0) throw new Error('These runs were deleted; choose others.');
  zip.end();
  if (failure !== null) throw failure as Error;
  return { name: 'scenarium-runs.zip', file: new Blob(parts, { type: 'application/zip' }) };
}
