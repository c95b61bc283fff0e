import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packArrays, unpackArrays } from './packArrays';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer({ min: -1000, max: 1000 })).map((values) => Float32Array.from(values)),
  fc.uint8Array(),
);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__' && key !== '$array'),
      tie('node'),
      { noNullPrototype: true },
    ),
  ),
})).node;

describe('packing arrays', () => {
  it('leaves JSON, and puts every array back where it was', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const { json, arrays } = packArrays(value);
        expect(unpackArrays(JSON.parse(JSON.stringify(json)), arrays)).toEqual(value);
      }),
    );
  });

  it('says so when an array is missing', () => {
    const { json } = packArrays({ a: Float32Array.of(1) });
    expect(() => unpackArrays(json, {})).toThrow(/incomplete/);
  });
});
