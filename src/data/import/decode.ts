import { firstInvalidUtf8 } from './encoding';
import { ImportError } from './errors';

/** Thrown by `decodeChunks`; the table reader turns it into an `ImportError` with the column's name. */
export class UndecodableBytes extends Error {
  override readonly name = 'UndecodableBytes';
  constructor(
    readonly encoding: string,
    /** From 1. */
    readonly line: number,
    /** The text of that line before the bad bytes. */
    readonly before: string,
  ) {
    super(`Line ${line} is not valid ${encoding}.`);
  }
}

/** A decoder that refuses bad bytes and drops a byte-order mark. @throws ImportError for an unknown label. */
function makeDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new ImportError(
      'badEncoding',
      `This browser cannot read the encoding “${encoding}”; save the file as UTF-8 and import it again.`,
    );
  }
}

/**
 * Bytes to text, a chunk at a time, with every line ending (`\r\n`, `\r`) turned into `\n`, inside quoted cells too.
 *
 * @throws UndecodableBytes at the first bytes that the encoding does not allow.
 */
export async function* decodeChunks(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = makeDecoder(encoding);
  let line = 1;
  let lineStart = '';
  let endedInReturn = false;
  // Bytes of a character that the chunk's end cuts: kept to find the place of a failure.
  let undecided: Uint8Array = new Uint8Array(0);

  const normalise = (text: string): string => {
    let normal = endedInReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text.length > 0) endedInReturn = text.endsWith('\r');
    if (normal.includes('\r')) normal = normal.replace(/\r\n?/g, '\n');
    const last = normal.lastIndexOf('\n');
    if (last >= 0) {
      for (let at = normal.indexOf('\n'); at >= 0; at = normal.indexOf('\n', at + 1)) line++;
      lineStart = normal.slice(last + 1);
    } else if (lineStart.length < 2 ** 16) {
      lineStart += normal;
    }
    return normal;
  };
  const fail = (bytes: Uint8Array, whole: boolean): never => {
    normalise(readablePart(bytes, encoding, whole));
    throw new UndecodableBytes(encoding, line, lineStart);
  };

  for await (const chunk of chunks) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      return fail(joined(undecided, chunk), false);
    }
    undecided = joined(undecided, chunk).slice(-4);
    const cut = encoding === 'utf-8' ? cutCharacter(undecided) : 0;
    undecided = cut > 0 ? undecided.slice(-cut) : new Uint8Array(0);
    const normal = normalise(text);
    if (normal.length > 0) yield normal;
  }
  let rest = '';
  try {
    rest = decoder.decode();
  } catch {
    fail(undecided, true);
  }
  const normal = normalise(rest);
  if (normal.length > 0) yield normal;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** How many bytes at the end belong to a UTF-8 character that is not complete. */
function cutCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

/** The text before the first bytes that cannot be decoded. */
function readablePart(bytes: Uint8Array, encoding: string, whole: boolean): string {
  if (encoding === 'utf-8') {
    const bad = firstInvalidUtf8(bytes, whole);
    return new TextDecoder().decode(bytes.subarray(0, bad < 0 ? bytes.length : bad));
  }
  const text = new TextDecoder(encoding).decode(bytes);
  const bad = text.indexOf('\ufffd');
  return bad < 0 ? text : text.slice(0, bad);
}
