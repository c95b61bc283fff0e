/** Zips of exported runs: written at once, read file by file, so that no more than one stands unpacked in memory. */
import { Inflate, strToU8, zipSync } from 'fflate';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A file as browsers give it (`File`, `Blob`). */
export interface FileLike {
  readonly name: string;
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface ZipEntry {
  readonly name: string;
  /** The unpacked bytes. @throws Error where they are damaged, or more than `most` */
  readonly read: (most: number) => Promise<Uint8Array>;
}

export function zipOf(files: readonly NamedText[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])));
}

/** Thrown where a file of a zip unpacks to more than is taken. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** A directory behind the end mark is at most this far from the file's end: a comment has a length of 16 bits. */
const MOST_TAIL = 22 + 0xffff;
/** Packed bytes unpacked at once: at most a thousandfold comes out of them. */
const PIECE = 2 ** 14;
/** Bytes read from the disk at once. */
const READ = 2 ** 20;

async function viewOf(file: FileLike, start: number, length: number): Promise<DataView> {
  return new DataView(await file.slice(start, Math.min(file.size, start + length)).arrayBuffer());
}

/**
 * The files of a zip by its directory.
 *
 * @returns null where the directory is damaged or cut off
 */
export async function zipEntries(file: FileLike): Promise<readonly ZipEntry[] | null> {
  const from = Math.max(0, file.size - MOST_TAIL);
  const tail = await viewOf(file, from, MOST_TAIL);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) return null;
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (start + size > from + end) return null;
  const directory = await viewOf(file, start, size);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let k = 0; k < count; k++) {
    if (at + 46 > size || directory.getUint32(at, true) !== CENTRAL) return null;
    const method = directory.getUint16(at + 10, true);
    const packed = directory.getUint32(at + 20, true);
    const [name, extra, comment] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true));
    if (at + 46 + name! > size) return null;
    const place = directory.getUint32(at + 42, true);
    const title = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, name));
    entries.push({ name: title, read: (most) => readEntry(file, place, packed, method, most) });
    at += 46 + name! + extra! + comment!;
  }
  return entries;
}

async function readEntry(
  file: FileLike,
  place: number,
  packed: number,
  method: number,
  most: number,
): Promise<Uint8Array> {
  const local = await viewOf(file, place, 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw new Error('no file stands there');
  const start = place + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + packed > file.size) throw new Error('the file is cut off');
  if (method !== 0 && method !== 8) throw new Error('packed in another way');
  if (method === 0 && packed > most) throw new TooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array): void => {
    length += part.length;
    if (length > most) throw new TooLarge();
    parts.push(part);
  };
  let ended = method === 0;
  const inflate = new Inflate((part, final) => {
    take(part);
    ended ||= final;
  });
  for (let at = 0; at < packed; at += READ) {
    const bytes = new Uint8Array((await viewOf(file, start + at, Math.min(READ, packed - at))).buffer);
    if (method === 0) take(bytes);
    for (let piece = 0; method !== 0 && piece < bytes.length; piece += PIECE) {
      inflate.push(bytes.subarray(piece, piece + PIECE), at + piece + PIECE >= packed);
    }
  }
  if (!ended) throw new Error('the file is cut off');
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
