import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, isBeyondInt32, isMissing, parseList, parseNumber } from './values';

describe('cells', () => {
  it.each(['', ' ', 'NA', 'nan', 'NULL', 'None', '\\N', '<NA>'])('%j is nothing', (text) => {
    expect(isMissing(text)).toBe(true);
  });
  it.each(['0', 'no', 'nano', 'x', '-', '[]'])('%j is something', (text) => {
    expect(isMissing(text)).toBe(false);
  });

  it.each([
    ['1', 1],
    [' -2.5 ', -2.5],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['7.', 7],
    ['1,000', null],
    ['0x10', null],
    ['1e999', null],
    ['Infinity', null],
    ['', null],
  ])('%j as a number is %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('a whole number is spelled in one way, and no digit is lost', () => {
    expect(canonical(' 17.0 ')).toBe('17');
    expect(canonical('17.50')).toBe('17.50');
    expect(canonical('00123')).toBe('00123');
    fc.assert(
      fc.property(fc.bigInt(), (n) => {
        expect(canonical(`${n}.00`)).toBe(String(n));
      }),
    );
  });

  it('32 bits end where they end', () => {
    expect(['2147483648', '-2147483649', '99999999999999999999', '3000000000.0'].map(isBeyondInt32)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['2147483647', '-2147483648', '12', 'abc', '1.5', '2147483648x'].map(isBeyondInt32)).toEqual(
      Array(6).fill(false),
    );
  });
});

describe('lists', () => {
  it.each([
    ['[]', []],
    ['[381325, 663071]', ['381325', '663071']],
    ['[\'a b\', "c"]', ['a b', 'c']],
    ['[1 2  3]', ['1', '2', '3']],
    ['(1, 2.0)', ['1', '2']],
    ['1|2|3', ['1', '2', '3']],
    ['Action|Sci-Fi', ['Action', 'Sci-Fi']],
    ['N55189 N42782', ['N55189', 'N42782']],
    ['1,2', ['1', '2']],
    ['1^2', ['1', '2']],
  ])('%j holds %j', (text, entries) => {
    expect(parseList(text)).toEqual(entries);
  });
  it.each(['New York', 'a, b', '12', 'x', '{"a": 1}', 'The end; or not'])('%j is no list', (text) => {
    expect(parseList(text)).toBeNull();
  });
  it('of ids are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (ids) => {
        expect(parseList(`[${ids.join(', ')}]`)).toEqual(ids.map(String));
      }),
    );
  });
});
