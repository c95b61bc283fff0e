/** The runs of an exported file, one by one: what is wrong with one says nothing of the others. */
import { strFromU8 } from 'fflate';
import type { RunRecord } from '../runRecord';
import { parseRecord } from './recordText';
import { TooLarge, zipEntries, type FileLike } from './zip';
import { formatCount } from '../../data/count';

/** A run of a file, or one sentence: why it is none. */
export type ReadRun =
  | { readonly record: RunRecord; readonly failure?: undefined }
  | { readonly record?: undefined; readonly failure: string };

/** Bytes of one run's text at most; the largest that the lab writes have a few million. */
const mostRunBytes = 2 ** 27;
/** Runs of one file at most. */
const mostRuns = 10_000;

const failed = (failure: string): ReadRun => ({ failure });

function parsed(bytes: Uint8Array, name: string): ReadRun {
  try {
    return { record: parseRecord(strFromU8(bytes), name) };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

const tooLarge = (name: string): ReadRun =>
  failed(
    `“${name}” unpacks to more than ${mostRunBytes / 2 ** 20} MB, which no run of this lab has; choose a file that was exported from the Compare page.`,
  );

/**
 * Reads an exported run (JSON), or every JSON file of a zip of them.
 *
 * @param most bytes of one run's text
 */
export async function* readRuns(file: FileLike, most = mostRunBytes): AsyncGenerator<ReadRun> {
  const magic = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  // A zip begins with "PK"; a run with a brace.
  if (magic[0] !== 0x50 || magic[1] !== 0x4b) {
    if (file.size > most) yield tooLarge(file.name);
    else yield parsed(new Uint8Array(await file.slice(0, file.size).arrayBuffer()), file.name);
    return;
  }
  const entries = await zipEntries(file);
  if (!entries) {
    yield failed(`“${file.name}” is a damaged zip; export the runs again.`);
    return;
  }
  const runs = entries.filter(
    ({ name }) => /(^|\/)[^./][^/]*\.json$/.test(name) && !name.startsWith('__MACOSX/'),
  );
  if (runs.length === 0)
    yield failed(`“${file.name}” holds no run; choose a zip that was exported from the Compare page.`);
  if (runs.length > mostRuns) {
    yield failed(
      `“${file.name}” holds more than ${formatCount(mostRuns)} files; import them in smaller zips.`,
    );
    return;
  }
  for (const { name, read } of runs) {
    let bytes: Uint8Array;
    try {
      bytes = await read(most);
    } catch (error) {
      yield error instanceof TooLarge
        ? tooLarge(name)
        : failed(`“${name}” in “${file.name}” is damaged; export the run again.`);
      continue;
    }
    yield parsed(bytes, name);
  }
}
