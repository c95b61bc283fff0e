import { gzipSync } from 'fflate';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTable } from './readTable';
import { csv } from './testing';

const awkward = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab1",;\n\r\t|:é北😀 \u2028'), maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.integer().map(String),
  fc.constantFrom('', '[]', '[1, 2]', '"', '""', ',', '\n', ' x '),
);

/** What reading makes of a cell: line ends are `\n`. */
const read = (cell: string): string => cell.replace(/\r\n?/g, '\n');

it('a written table is read as it was: quotes, line ends, marks, any text, any line end, packed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.boolean(),
      fc.func(awkward),
      fc.integer({ min: 1, max: 12 }),
      async (width, newline, marked, packed, cell, height) => {
        const header = Array.from({ length: width }, (_, c) => `name ${'abcde'[c]}`);
        // The first column is numeric, as a log's is: rows are no blank lines, and names stand above numbers.
        const rows = Array.from({ length: height }, (_, r) =>
          header.map((_, c) => (c === 0 ? String(r) : cell(r, c).replaceAll('\u0000', ''))),
        );
        const text = csv([header, ...rows], newline);
        const bytes = marked ? Uint8Array.from([0xef, 0xbb, 0xbf, ...text]) : text;
        const table = await readTable(packed ? gzipSync(bytes) : bytes, { dialect: { delimiter: ',' } });
        expect(table.columns.map((column) => column.name)).toEqual(header);
        expect(
          Array.from({ length: table.rows }, (_, r) =>
            table.columns.map((column) => column.values[column.codes[r]!]),
          ),
        ).toEqual(rows.map((row) => row.map(read)));
        expect(table.notices).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
