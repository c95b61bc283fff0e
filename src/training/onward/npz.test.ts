import * as fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { npyOf, npzOf } from './npz';

/** Header of a file, by the format's own description. */
function headerOf(file: Uint8Array): { readonly text: string; readonly start: number } {
  expect([...file.subarray(0, 8)]).toEqual([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  const length = file[8]! + 256 * file[9]!;
  return { text: new TextDecoder().decode(file.subarray(10, 10 + length)), start: 10 + length };
}

describe('a file of numbers', () => {
  it('says its type and length, and starts its numbers at a multiple of 64', () => {
    const kinds = [
      [new Int32Array([1, -2]), '<i4'],
      [new Int16Array([3]), '<i2'],
      [new Uint8Array([4, 5, 6]), '|u1'],
      [new Float32Array([0.5]), '<f4'],
      [new Float64Array([0.25, 8]), '<f8'],
    ] as const;
    for (const [values, type] of kinds) {
      const file = npyOf(values);
      const { text, start } = headerOf(file);
      expect(start % 64).toBe(0);
      expect(text).toBe(
        `{'descr': '${type}', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(start - 11) +
          '\n',
      );
      expect(file.length - start).toBe(values.byteLength);
    }
  });

  it('holds any numbers as they are', () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 40 }), (values) => {
        const file = npyOf(values);
        const { start } = headerOf(file);
        expect(new Float32Array(file.slice(start).buffer)).toEqual(values);
      }),
    );
  });

  it('stands in a zip by its name, the same bytes at any time', () => {
    const arrays = { one: new Int32Array([7, 8]), two: new Uint8Array([9]) };
    const file = npzOf(arrays);
    expect(Object.keys(unzipSync(file))).toEqual(['one.npy', 'two.npy']);
    expect(npzOf(arrays)).toEqual(file);
  });
});
