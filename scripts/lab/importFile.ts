/** Files of a person's own, from disk. */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readDataset } from '../../src/data/format';
import { buildDataset, inspectFile, parseMapping } from '../../src/data/import';
import { UsageError } from './usage';
import type { Dataset } from '../../src/data/dataset';
import type { FileLike, Mapping } from '../../src/data/import';

/** A file of a person's own. @throws UsageError where it cannot be read */
export async function openFile(path: string): Promise<FileLike> {
  let blob: Blob;
  try {
    blob = await openAsBlob(path);
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read; check its name and whether you may read it.`, {
      cause: error,
    });
  }
  return { name: basename(path), size: blob.size, slice: (start, end) => blob.slice(start, end) };
}

async function readMapping(path: string): Promise<Mapping> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError(`The mapping ${path} is not readable JSON; lab inspect FILE --json prints one.`, {
      cause: error,
    });
  }
  return parseMapping(value);
}

/** A manifest beside a Parquet file makes it a dataset of the lab's own format. */
async function ownFormat(path: string): Promise<Dataset | null> {
  if (!path.endsWith('.parquet')) return null;
  const beside = path.replace(/\.parquet$/, '.json');
  const manifest = await readFile(beside, 'utf8').catch(() => null);
  if (manifest === null) return null;
  let described: unknown;
  try {
    described = JSON.parse(manifest) as unknown;
  } catch (error) {
    const sentence = `The manifest ${beside} is not readable JSON; write it again, or move it away to import the file without it.`;
    throw new UsageError(sentence, { cause: error });
  }
  return readDataset(await readFile(path), described);
}

/**
 * Reads a CSV or Parquet file into a dataset; without a mapping, by the one that is proposed.
 *
 * @param tell told each warning
 */
export async function importDataset(
  path: string,
  map: string | null,
  tell: (warning: string) => void,
): Promise<Dataset> {
  const file = await openFile(path);
  const own = map === null ? await ownFormat(path) : null;
  if (own) return own;
  const looked = map === null ? await inspectFile(file) : { mapping: await readMapping(map), warnings: [] };
  const { mapping } = looked;
  if (!mapping) {
    throw new UsageError(`No label column was found in ${path}; say which with --map (a mapping as JSON).`);
  }
  const { dataset, warnings } = await buildDataset(file, mapping);
  const told = [...looked.warnings, ...warnings].map(({ sentence }) => sentence);
  for (const sentence of new Set(told)) tell(sentence);
  return dataset;
}
