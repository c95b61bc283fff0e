/** `--export` and `lab export`: a run as a zip that goes on in PyTorch. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { onwardZip } from '../../src/training/onward/onwardZip';
import { readCheckpoint } from '../../src/training/checkpoint/checkpoint';
import { parseRecord } from '../../src/training/runFile/recordText';
import { resplit, SPLIT_RULES } from '../../src/data/splits';
import { readSample } from './datasets';
import { importDataset } from './importFile';
import { checkOutputs } from './outputs';
import { flag, UsageError } from './usage';
import type { Dataset } from '../../src/data/dataset';
import type { OnwardParts } from '../../src/training/onward/onwardZip';
import type { RunRecord } from '../../src/training/runRecord';
import type { Flags } from './usage';

const python = new URL('../../python/', import.meta.url);

/** The package's files by their path in the zip. */
async function packageSources(): Promise<Record<string, string>> {
  const names = await readdir(new URL('scenarium/', python), { recursive: true });
  const taken = names.filter((name) => /\.(py|json)$/.test(name)).map((name) => `scenarium/${name}`);
  const files = [...taken.sort(), 'pyproject.toml'];
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name) => [name, await readFile(new URL(name, python), 'utf8')] as const),
    ),
  );
}

/** Writes the zip of a run as it stands. */
export async function writeOnward(
  path: string,
  parts: Omit<OnwardParts, 'sources' | 'today'>,
): Promise<void> {
  await writeFile(path, await onwardZip({ ...parts, sources: await packageSources(), today: new Date() }));
}

/** A checkpoint, or a run that was exported from the page, which has no weights: it begins at its first step. */
async function readRun(path: string): Promise<{ record: RunRecord; checkpoint: Uint8Array | null }> {
  const bytes = new Uint8Array(await readFile(path));
  // JSON begins with a brace, a checkpoint with the length of its header.
  if (bytes[0] === 0x7b)
    return { record: parseRecord(new TextDecoder().decode(bytes), path), checkpoint: null };
  return { record: readCheckpoint(bytes).record, checkpoint: bytes };
}

async function datasetOf({ setup }: RunRecord, flags: Flags): Promise<Dataset> {
  const file = flag(flags, 'data');
  const warn = (text: string): void => void process.stderr.write(`${text}\n`);
  const dataset =
    file === null ? await readSample(setup.dataset) : await importDataset(file, flag(flags, 'map'), warn);
  const { split } = setup.training;
  return split === 'dataset' ? dataset : resplit(dataset, SPLIT_RULES[split]);
}

/** `lab export FILE --out FILE.zip`. */
export async function exportRun(files: readonly string[], flags: Flags): Promise<void> {
  const [file, ...more] = files;
  const out = flag(flags, 'out');
  if (file === undefined || more.length > 0 || out === null)
    throw new UsageError('export takes one file, a run or a checkpoint, and --out FILE.zip.');
  await checkOutputs(flags, ['out']);
  const run = await readRun(file);
  const dataset = await datasetOf(run.record, flags);
  await writeOnward(out, { ...run, weights: null, dataset, rows: flags.switches.has('rows') });
  const from = run.checkpoint ? `step ${run.record.step}` : 'its first step: a run file holds no weights';
  process.stdout.write(`${out} goes on in PyTorch from ${from}.\n`);
}
