/** Files that people take for tables, known by how they begin: each with what to do. */
import { ImportError } from './errors';

const PACKED = 'The file is packed in a way that is not read here; unpack it, or pack it with gzip.';
const BINARY =
  'The file is of a format that is not read here; write the table as Parquet or CSV, and import that.';
const WIDE = 'The file is text of four bytes a character (UTF-32); save it as UTF-8.';

const beginnings: readonly (readonly [bytes: readonly number[], sentence: string])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    'The file is a zip archive (or a spreadsheet); unpack it, or save the sheet as CSV, and import that.',
  ],
  // Zstandard, bzip2, xz, 7z, RAR.
  [[0x28, 0xb5, 0x2f, 0xfd], PACKED],
  [[0x42, 0x5a, 0x68], PACKED],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], PACKED],
  [[0x37, 0x7a, 0xbc, 0xaf], PACKED],
  [[0x52, 0x61, 0x72, 0x21], PACKED],
  // Arrow, HDF5, NumPy, SQLite, Avro.
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], BINARY],
  [[0x89, 0x48, 0x44, 0x46], BINARY],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], BINARY],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20], BINARY],
  [[0x4f, 0x62, 0x6a, 0x01], BINARY],
  [[0xff, 0xfe, 0, 0], WIDE],
  [[0, 0, 0xfe, 0xff], WIDE],
];

const texts: readonly (readonly [text: RegExp, sentence: string])[] = [
  [
    /^\s*(\{\s*"|\[\s*\{)/,
    'The file is JSON; write its rows as CSV or Parquet, for example with pandas, and import that.',
  ],
  [
    /^\s*<(!doctype|html|head|body|\?xml)\b/i,
    'The file is a web page and not the table; look at it in a browser: it may say why the table did not come.',
  ],
  [
    /^version \S*git-lfs/,
    'The file only says where Git LFS keeps the table; run “git lfs pull”, and import what comes.',
  ],
];

/** How many bytes tell what a file is. */
export const TELLING_BYTES = 200;

/** @throws ImportError where these first bytes are of a file that is no table of text and no Parquet */
export function refuseOtherFormats(first: Uint8Array): void {
  const text = new TextDecoder().decode(first);
  const sentence =
    beginnings.find(([bytes]) => bytes.every((byte, k) => first[k] === byte))?.[1] ??
    texts.find(([pattern]) => pattern.test(text))?.[1];
  if (sentence !== undefined) throw new ImportError('unsupportedFile', sentence);
}
