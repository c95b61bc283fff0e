/** NumPy's files: arrays by name in a zip, each with a header of its own (NumPy's format 1.0). */
import { zipSync } from 'fflate';

export type NumberArray = Int32Array | Int16Array | Uint8Array | Float32Array | Float64Array;

const TYPES: readonly (readonly [is: (values: NumberArray) => boolean, name: string])[] = [
  [(values) => values instanceof Int32Array, '<i4'],
  [(values) => values instanceof Int16Array, '<i2'],
  [(values) => values instanceof Uint8Array, '|u1'],
  [(values) => values instanceof Float32Array, '<f4'],
  [(values) => values instanceof Float64Array, '<f8'],
];

/** Bytes of numbers in the file's order. */
function littleEndian(values: NumberArray): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.byteLength);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (isLittle || size === 1) return bytes;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}

/** Header and values of one array of one axis. The header is padded so that values start at a multiple of 64. */
export function npyOf(values: NumberArray): Uint8Array {
  const type = TYPES.find(([is]) => is(values))?.[1] ?? '|u1';
  const said = `{'descr': '${type}', 'fortran_order': False, 'shape': (${values.length},), }`;
  const fixed = 10;
  const length = Math.ceil((fixed + said.length + 1) / 64) * 64 - fixed;
  const header = new TextEncoder().encode(`${said.padEnd(length - 1)}\n`);
  const file = new Uint8Array(fixed + length + values.byteLength);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, length & 0xff, length >> 8]);
  file.set(header, fixed);
  file.set(littleEndian(values), fixed + length);
  return file;
}

/** The clock must not get into a file. */
export const NO_TIME = new Date('1980-01-01T00:00:00');

/** A file that `numpy.load` reads. */
export function npzOf(arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  const files = Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [`${name}.npy`, npyOf(values)]),
  );
  return zipSync(files, { level: 6, mtime: NO_TIME });
}
