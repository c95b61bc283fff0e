import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectFile, type ProblemCode } from './index';
import { readTable } from './readTable';
import { codes, plainLog, utf8 } from './testing';

const delimiters = [',', ';', '\t', '|'] as const;
const above = fc.constantFrom(
  'Click report',
  '# export of clicks',
  '# made 2024-01-05, rows: 600',
  '',
  '   ',
  '% comment',
  '// by hand',
);

/** A log in a dialect, its numbers with a comma where that is how they are written there. */
function written(delimiter: string, comma: boolean, types: boolean): string {
  const rows = plainLog({ rows: 60, more: { price: (row) => 1 + (row % 20) / 8 } });
  const kind: Readonly<Record<string, string>> = { label: 'float', timestamp: 'float', price: 'float' };
  return rows
    .map((row, r) =>
      row
        .map((cell) => {
          if (r === 0) return types ? `${cell}:${kind[String(cell)] ?? 'token'}` : String(cell);
          return comma ? String(cell).replace('.', ',') : String(cell);
        })
        .join(delimiter),
    )
    .join('\n');
}

describe('what stands above a table', () => {
  it('of any delimiter, title and comments changes nothing below it, and is told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...delimiters),
        fc.array(above, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (delimiter, lines, said, comma, types, newline) => {
          const decimals = comma && delimiter !== ',';
          const text = [
            ...(said ? [`sep=${delimiter}`] : []),
            ...lines,
            written(delimiter, decimals, types),
          ].join('\n');
          const inspection = await inspectFile(utf8(text.replaceAll('\n', newline)), { name: 'log.csv' });
          expect(inspection.rows).toBe(60);
          expect(inspection.mapping!.columns.map(({ column, role }) => [column, role])).toEqual([
            ['user_id', 'user'],
            ['item_id', 'item'],
            ['domain', 'scenario'],
            ['label', 'label'],
            ['timestamp', 'time'],
            ['price', 'numeric'],
          ]);
          expect(inspection.columns.find(({ name }) => name === 'price')!.max).toBe(3.375);
          const told: ProblemCode[] = [];
          if (lines.some((line) => line.trim() !== '')) told.push('skippedLines');
          if (decimals) told.push('decimalComma');
          expect(codes(inspection.warnings)).toEqual(told);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps the names of a header that is written as a comment', async () => {
    const table = await readTable(utf8('# by hand\n#user_id,label,price\n1,0,2.5\n2,1,3.5\n'));
    expect(table.columns.map(({ name }) => name)).toEqual(['user_id', 'label', 'price']);
    expect(table.rows).toBe(2);
  });

  it('takes R’s header, which has no name for the row names', async () => {
    const table = await readTable(utf8('user,label,price\n"1",3,0,2.5\n"2",4,1,3.5\n'));
    expect(table.columns.map(({ name }) => name)).toEqual(['column_1', 'user', 'label', 'price']);
    expect(table.rows).toBe(2);
  });

  it('does not take lists for decimals, nor words of a text for columns', async () => {
    const lists = await readTable(utf8('user;clicks_seq;label\n1;1,2;0\n2;3,4;1\n'));
    expect(lists.columns[1]!.values).toEqual(['1,2', '3,4']);
    await expect(readTable(utf8('a few words\nand some more words\nof nothing\n'))).rejects.toThrow(
      /single column/,
    );
  });
});
