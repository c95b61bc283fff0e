import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listed, shortened } from './shortened';

describe('what a sentence quotes', () => {
  it('is one line that is not long', () => {
    expect(shortened('a\n  b')).toBe('a b');
    expect(shortened('x'.repeat(99))).toBe(`${'x'.repeat(59)}…`);
  });

  it('lists as many names as it holds, and says how many more there are', () => {
    expect(listed(['a', 'b'])).toBe('a, b');
    expect(listed(['aaaa', 'bbbb', 'cccc', 'dddd'], 12)).toBe('aaaa, bbbb and 2 more');
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 400 }), (names) => {
        expect(listed(names).length).toBeLessThan(320);
      }),
    );
  });
});
