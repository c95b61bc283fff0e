/**
 * Safetensors files: eight bytes of header length (little endian), a JSON header, then the tensors' bytes.
 * Format: https://huggingface.co/docs/safetensors. Only F32 and I32 are used here.
 */

export interface SafeTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** `__metadata__`: text by text. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const HEADER_LENGTH_BYTES = 8;
/** Of the format's own reference reader; a longer header is an attack or a mistake. */
const HEADER_LIMIT = 100_000_000;

const product = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** Bytes of numbers in the file's order. */
function toBytes(values: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  if (LITTLE_ENDIAN) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (values instanceof Float32Array) view.setFloat32(4 * i, value, true);
    else view.setInt32(4 * i, value, true);
  });
  return bytes;
}

function fromBytes(bytes: Uint8Array, type: 'F32' | 'I32'): Float32Array | Int32Array {
  const count = bytes.byteLength / 4;
  const values = type === 'F32' ? new Float32Array(count) : new Int32Array(count);
  if (LITTLE_ENDIAN) {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++)
    values[i] = type === 'F32' ? view.getFloat32(4 * i, true) : view.getInt32(4 * i, true);
  return values;
}

/**
 * Writes tensors in the order of the map; the header is padded so that the data starts at a multiple of eight.
 *
 * @throws RangeError where a shape does not fit its values
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // A Map keeps any name ("__proto__" included); JSON text is built entry by entry for the same reason.
  const entries: string[] = [];
  if (Object.keys(metadata).length > 0) entries.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    if (name === '__metadata__') throw new RangeError('A tensor may not be named __metadata__.');
    if (product(shape) !== values.length) {
      throw new RangeError(
        `Tensor ${name} has shape [${shape.join(', ')}] but ${values.length} values; they must agree.`,
      );
    }
    const end = offset + values.byteLength;
    entries.push(
      `${JSON.stringify(name)}:${JSON.stringify({
        dtype: values instanceof Float32Array ? 'F32' : 'I32',
        shape,
        data_offsets: [offset, end],
      })}`,
    );
    offset = end;
  }
  let header = new TextEncoder().encode(`{${entries.join(',')}}`);
  const padding = (8 - (header.length % 8)) % 8;
  if (padding > 0) {
    const padded = new Uint8Array(header.length + padding).fill(0x20);
    padded.set(header);
    header = padded;
  }
  const file = new Uint8Array(HEADER_LENGTH_BYTES + header.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, HEADER_LENGTH_BYTES);
  let at = HEADER_LENGTH_BYTES + header.length;
  for (const { values } of tensors.values()) {
    file.set(toBytes(values), at);
    at += values.byteLength;
  }
  return file;
}

const bad = (why: string): RangeError => new RangeError(`This is not a readable safetensors file: ${why}.`);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readTensor(name: string, entry: unknown, data: Uint8Array): SafeTensor {
  if (!isRecord(entry)) throw bad(`the entry of ${name} is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && dtype !== 'I32')
    throw bad(`${name} has type ${String(dtype)}, only F32 and I32 are read`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw bad(`the shape of ${name} is not a list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw bad(`the place of ${name} is not two offsets`);
  }
  const [from, to] = offsets as [number, number];
  if (to < from || to > data.length) throw bad(`${name} lies outside the file, which may be cut off`);
  if (to - from !== 4 * product(shape))
    throw bad(`${name} has ${to - from} bytes for shape [${shape.join(', ')}]`);
  return { shape, values: fromBytes(data.subarray(from, to), dtype) };
}

/** @throws RangeError with one sentence where the bytes are not such a file */
export function readSafetensors(file: Uint8Array): SafeTensors {
  if (file.length < HEADER_LENGTH_BYTES) throw bad('it is shorter than its header');
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true);
  if (length > BigInt(Math.min(HEADER_LIMIT, file.length - HEADER_LENGTH_BYTES))) {
    throw bad('its header is longer than the file');
  }
  const end = HEADER_LENGTH_BYTES + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(HEADER_LENGTH_BYTES, end)),
    );
  } catch (error) {
    throw new RangeError(bad('its header is not JSON').message, { cause: error });
  }
  if (!isRecord(header)) throw bad('its header is not an object');
  const data = file.subarray(end);
  const tensors = new Map<string, SafeTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === 'string')) {
        throw bad('its metadata is not text by text');
      }
      metadata = entry as Record<string, string>;
    } else {
      tensors.set(name, readTensor(name, entry, data));
    }
  }
  return { tensors, metadata };
}
