/** Metadata in Thrift's compact form, walked before the Parquet library reads it: the library trusts the lengths it finds. */

/** Structs within structs; Parquet's go six deep. */
const deepest = 32;

/**
 * Walks one struct and holds that every list, text and number in it ends within the bytes.
 *
 * @returns the place after it.
 * @throws Error where it does not.
 */
export function checkStruct(view: DataView, start: number): number {
  let at = start;
  const size = view.byteLength;
  const fail = (): never => {
    throw new Error('parquet metadata is damaged');
  };
  const byte = (): number => (at < size ? view.getUint8(at++) : fail());
  const number = (): number => {
    let value = 0;
    for (let k = 0; k < 10; k++) {
      const part = byte();
      value += (part & 0x7f) * 2 ** (7 * k);
      if (part < 0x80) return value;
    }
    return fail();
  };
  const skip = (length: number): void => {
    if (!(length <= size - at)) fail();
    at += length;
  };
  const list = (depth: number): void => {
    const head = byte();
    const count = head >> 4 === 15 ? number() : head >> 4;
    // Every element takes a byte at least.
    if (!(count <= size - at)) fail();
    const type = head & 15;
    for (let k = 0; k < count; k++) element(type === 1 || type === 2 ? 3 : type, depth);
  };
  const element = (type: number, depth: number): void => {
    if (type === 1 || type === 2) return;
    if (type === 3) return skip(1);
    if (type >= 4 && type <= 6) return void number();
    if (type === 7) return skip(8);
    if (type === 8) return skip(number());
    if (depth >= deepest) return fail();
    if (type === 9) return list(depth + 1);
    if (type === 12) return struct(depth + 1);
    fail();
  };
  const struct = (depth: number): void => {
    for (let head = byte(); (head & 15) !== 0; head = byte()) {
      if (head >> 4 === 0) number();
      element(head & 15, depth);
    }
  };
  struct(0);
  return at;
}
