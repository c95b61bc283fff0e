import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameContent } from './sameContent';

const value = fc.oneof(
  fc.jsonValue(),
  fc.float32Array({ maxLength: 5 }),
  fc.record({ a: fc.uint8Array({ maxLength: 4 }), b: fc.jsonValue() }),
);

it('holds of a copy, whatever the order of its keys, and of no other value', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(sameContent(one, structuredClone(one))).toBe(true);
      expect(sameContent({ x: one, y: 1 }, { y: 1, x: structuredClone(one), z: undefined })).toBe(true);
      expect(sameContent({ x: one }, { x: [one] })).toBe(false);
      expect(sameContent([one], [one, one])).toBe(false);
    }),
  );
  expect(sameContent(Float32Array.of(1), Int32Array.of(1))).toBe(false);
  expect(sameContent([], {})).toBe(false);
  expect(sameContent(null, {})).toBe(false);
});
