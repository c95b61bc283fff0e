import { Gunzip } from 'fflate';
import { ImportError } from './errors';
import { checkAborted, chunkBytes } from './options';

/** A file as browsers give it (`File`, `Blob`) and as Node opens it (`fs.openAsBlob`). */
export interface FileLike {
  readonly name?: string;
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export type ImportSource = FileLike | Uint8Array;

export function sourceSize(source: ImportSource): number {
  return source instanceof Uint8Array ? source.byteLength : source.size;
}

export function sourceName(source: ImportSource, fallback = 'file'): string {
  return (source instanceof Uint8Array ? undefined : source.name) ?? fallback;
}

export async function readSlice(source: ImportSource, start: number, end: number): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source.subarray(start, end);
  return new Uint8Array(await source.slice(start, end).arrayBuffer());
}

/**
 * The bytes of a source in order, a chunk at a time.
 *
 * @param onRead called with the bytes read so far.
 * @throws the signal's reason when aborted.
 */
export async function* readChunks(
  source: ImportSource,
  onRead: (bytes: number) => void = () => {},
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const size = sourceSize(source);
  for (let start = 0; start < size; start += chunkBytes) {
    checkAborted(signal);
    const end = Math.min(size, start + chunkBytes);
    const chunk = await readSlice(source, start, end);
    onRead(end);
    yield chunk;
  }
}

/** Unpacks gzip by streaming. @throws ImportError `badGzip` where the file is damaged or cut off. */
export async function* gunzipChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let ended = false;
  const gunzip = new Gunzip((chunk, final) => {
    if (chunk.length > 0) ready.push(chunk);
    ended = final;
  });
  const push = (chunk: Uint8Array, final: boolean): void => {
    try {
      gunzip.push(chunk, final);
    } catch {
      throw damagedGzip();
    }
  };
  // The last chunk must be pushed as such, so one is held back.
  let held: Uint8Array | null = null;
  for await (const chunk of chunks) {
    if (held) push(held, false);
    held = chunk;
    while (ready.length > 0) yield ready.shift()!;
  }
  push(held ?? new Uint8Array(0), true);
  if (!ended) throw damagedGzip();
  while (ready.length > 0) yield ready.shift()!;
}

function damagedGzip(): ImportError {
  return new ImportError(
    'badGzip',
    'The gzip file is damaged or cut off; download or pack it again, or import it unpacked.',
  );
}
