import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextCodes } from './codes';

const cells = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.nat({ max: 40 }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 17n }).map(String),
  // Spellings of one number are texts of their own.
  fc.constantFrom(
    '0',
    '00',
    '-0',
    '007',
    '7',
    '7.0',
    '+7',
    ' 7',
    '7e0',
    '',
    '4294967296',
    '2147483648',
    '999999999999999',
    '1000000000000000',
  ),
);

it('codes are those of a map from text to its first place', () => {
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 300 }), (texts) => {
      const codes = new TextCodes();
      const known = [...new Set(texts)];
      expect(texts.map((text) => codes.codeOf(text))).toEqual(texts.map((text) => known.indexOf(text)));
      expect(codes.values).toEqual(known);
    }),
  );
});

it('grows with its numbers', () => {
  const codes = new TextCodes();
  const numbers = Array.from({ length: 20_000 }, (_, i) => String(1_600_000_000 + 3 * i));
  expect(numbers.map((text) => codes.codeOf(text))).toEqual(numbers.map((_, i) => i));
  expect(numbers.map((text) => codes.codeOf(text))).toEqual(numbers.map((_, i) => i));
});
