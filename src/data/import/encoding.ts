import { ImportError } from './errors';

/** The encoding that a text's first bytes speak for. */
export interface EncodingGuess {
  readonly encoding: string;
  /** Whether a byte-order mark says so. */
  readonly marked: boolean;
}

/** Position of the first byte that is not UTF-8, or -1. A sequence that the end cuts off counts as valid unless `whole`. */
export function firstInvalidUtf8(bytes: Uint8Array, whole = false): number {
  const n = bytes.length;
  let i = 0;
  while (i < n) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const more =
      lead >= 0xc2 && lead <= 0xdf
        ? 1
        : lead >= 0xe0 && lead <= 0xef
          ? 2
          : lead >= 0xf0 && lead <= 0xf4
            ? 3
            : 0;
    if (more === 0) return i;
    for (let k = 1; k <= more; k++) {
      if (i + k >= n) return whole ? i : -1;
      const byte = bytes[i + k]!;
      // No overlong forms, no surrogates, nothing above U+10FFFF: the second byte's range is narrower after these leads.
      const low = k === 1 && lead === 0xe0 ? 0xa0 : k === 1 && lead === 0xf0 ? 0x90 : 0x80;
      const high = k === 1 && lead === 0xed ? 0x9f : k === 1 && lead === 0xf4 ? 0x8f : 0xbf;
      if (byte < low || byte > high) return i;
    }
    i += more + 1;
  }
  return -1;
}

/**
 * Whether bytes that are not UTF-8 look like Chinese text in GB18030: nearly all of their two-byte characters lie in the
 * GB 2312 plane. Western text in a one-byte encoding, whose accented letters are followed by plain ones, does not.
 */
export function looksLikeGb18030(bytes: Uint8Array): boolean {
  let pairs = 0;
  let plain = 0;
  for (let i = 0; i < bytes.length - 1;) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const trail = bytes[i + 1]!;
    if (lead === 0x80 || lead === 0xff || trail < 0x30 || trail === 0x7f || trail === 0xff) return false;
    pairs++;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) plain++;
    i += trail <= 0x39 ? 4 : 2;
  }
  return pairs > 0 && plain / pairs >= 0.9;
}

/**
 * Guesses the encoding of a text from its first bytes: a byte-order mark; zero bytes at every other place (UTF-16); UTF-8;
 * GB18030. Bytes that none of these explain are left to UTF-8, whose reader reports the line.
 *
 * @throws ImportError `unsupportedFile` for zero bytes that are not UTF-16.
 */
export function guessEncoding(head: Uint8Array): EncodingGuess {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', marked: true };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', marked: true };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', marked: true };
  const zeros = [0, 0];
  const length = Math.min(head.length, 4096) & ~1;
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1]!++;
  const half = length / 2;
  if (zeros[1]! > half * 0.5 && zeros[0]! < half * 0.05) return { encoding: 'utf-16le', marked: false };
  if (zeros[0]! > half * 0.5 && zeros[1]! < half * 0.05) return { encoding: 'utf-16be', marked: false };
  if (zeros[0]! + zeros[1]! > 0) {
    throw new ImportError(
      'unsupportedFile',
      'The file is not a table of text (it holds zero bytes); choose a CSV, TSV or Parquet file.',
    );
  }
  const invalid = firstInvalidUtf8(head);
  if (invalid >= 0 && looksLikeGb18030(head)) return { encoding: 'gb18030', marked: false };
  return { encoding: 'utf-8', marked: false };
}
