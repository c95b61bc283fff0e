import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from './safetensors';
import type { SafeTensor } from './safetensors';

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const tensor: fc.Arbitrary<SafeTensor> = shapes.chain((shape) => {
  const length = shape.reduce((size, dim) => size * dim, 1);
  const sized = { minLength: length, maxLength: length };
  return fc.oneof(
    fc.array(fc.float(), sized).map((values) => ({ shape, values: Float32Array.from(values) })),
    fc.array(fc.integer(), sized).map((values) => ({ shape, values: Int32Array.from(values) })),
  );
});
const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
const files = fc.tuple(
  fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name, maxLength: 6 }),
  fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
  ),
);

const bits = (values: Float32Array | Int32Array): number[] => [...new Uint32Array(values.slice().buffer)];

describe('safetensors', () => {
  it('reads back every name, shape, type and bit that was written', () => {
    fc.assert(
      fc.property(files, ([entries, metadata]) => {
        const read = readSafetensors(writeSafetensors(new Map(entries), metadata));
        expect(read.tensors.size).toBe(entries.length);
        expect({ ...read.metadata }).toEqual({ ...metadata });
        for (const [name, written] of entries) {
          const found = read.tensors.get(name)!;
          expect(found.shape).toEqual(written.shape);
          expect(found.values.constructor).toBe(written.values.constructor);
          expect(bits(found.values)).toEqual(bits(written.values));
        }
      }),
    );
  });

  it('writes the bytes of the format: length, header, then little-endian numbers', () => {
    const file = writeSafetensors(new Map([['w', { shape: [2], values: Float32Array.of(1, -2) }]]), {
      a: 'b',
    });
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(file.subarray(8, 8 + length));
    expect(length % 8).toBe(0);
    expect(JSON.parse(header)).toEqual({
      __metadata__: { a: 'b' },
      w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    expect([...file.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it('reads from the middle of a larger buffer', () => {
    const file = writeSafetensors(new Map([['w', { shape: [1], values: Int32Array.of(-7) }]]));
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 3);
    expect(readSafetensors(padded.subarray(3)).tensors.get('w')!.values[0]).toBe(-7);
  });

  it('answers damaged files with a RangeError, whatever the damage', () => {
    const file = writeSafetensors(
      new Map<string, SafeTensor>([
        ['w', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
        ['i', { shape: [1], values: Int32Array.of(5) }],
      ]),
      { note: 'x' },
    );
    fc.assert(
      fc.property(
        fc.nat(file.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(file.length),
        (at, byte, cut) => {
          const damaged = file.slice(0, cut);
          if (at < damaged.length) damaged[at] = byte;
          try {
            readSafetensors(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect((error as Error).message).toMatch(/^This is not a readable safetensors file: .+\.$/);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(() => readSafetensors(file.slice(0, -1))).toThrow('cut off');
    expect(() => readSafetensors(new Uint8Array(3))).toThrow('shorter than its header');
  });

  it('refuses a shape that does not fit', () => {
    expect(() => writeSafetensors(new Map([['w', { shape: [3], values: Float32Array.of(1) }]]))).toThrow(
      'must agree',
    );
  });
});
