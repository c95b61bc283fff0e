import { readSlice, sourceSize, type ImportSource } from './bytes';
import { readDecimalCommas } from './decimalComma';
import { ImportError } from './errors';
import { nameHeaderless } from './headerless';
import { checkAborted, type ReadOptions } from './options';
import { refuseOtherFormats, TELLING_BYTES } from './otherFormats';
import { readParquetTable } from './readParquet';
import { readTextTable } from './readText';
import type { Table } from './table';

/**
 * Reads a person's file into a table of text codes: Parquet, or text (CSV, TSV, `::`, …), gzipped or not, told apart by their
 * first bytes and not by the name. A file above the limits is sampled by a seeded reservoir, and a notice says so.
 *
 * @throws ImportError where the file cannot be read; the signal's reason when aborted.
 */
export async function readTable(source: ImportSource, options: ReadOptions = {}): Promise<Table> {
  checkAborted(options.signal);
  if (sourceSize(source) === 0) {
    throw new ImportError('emptyFile', 'The file is empty; choose a file with rows.');
  }
  const first = await readSlice(source, 0, TELLING_BYTES);
  const begins = (...bytes: number[]): boolean => bytes.every((byte, i) => first[i] === byte);
  if (begins(0x50, 0x41, 0x52, 0x31)) return readParquetTable(source, options);
  refuseOtherFormats(first);
  return readDecimalCommas(nameHeaderless(await readTextTable(source, begins(0x1f, 0x8b), options)));
}
