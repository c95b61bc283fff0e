import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvText } from './csv';

const read = (text: string, newline: '\r\n' | '\n'): string[][] =>
  Papa.parse<string[]>(text, { delimiter: ',', newline }).data.slice(0, -1);

describe('CSV', () => {
  it('has one row a row whatever cells hold, and they come back; formulas behind an apostrophe', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'",\n\r=+-@\t \'a1') }),
      fc.constantFrom(
        'Clothing, Shoes & Jewelry',
        'Books\nand more',
        '12" tools',
        '=cmd()|x',
        '@SUM(A1)',
        '-2+3',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\r\n' as const, '\n' as const),
        (rows, lineEnd) => {
          const back = read(csvText(['a', 'b'], rows, lineEnd), lineEnd);
          expect(back).toHaveLength(rows.length + 1);
          rows.flat().forEach((text, k) => {
            const now = back[1 + Math.floor(k / 2)]![k % 2]!;
            expect(now === text || now === `'${text}`).toBe(true);
            expect(/^[=@\t\r]/.test(now)).toBe(false);
            if (/^[+-]/.test(now)) expect(Number(now)).not.toBeNaN();
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves numbers alone, and a missing one empty', () => {
    expect(csvText(['a', 'b', 'c'], [[-0.5, null, '-2']], '\n')).toBe('a,b,c\n-0.5,,-2\n');
  });
});
